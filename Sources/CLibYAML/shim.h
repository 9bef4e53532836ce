// libyaml: the event parser. Only LibYAML imports this.
#pragma once
#include <yaml.h>
