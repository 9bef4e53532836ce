// libarchive: reading foreign archives. Only LibArchive imports this.
#pragma once
#include <archive.h>
#include <archive_entry.h>
