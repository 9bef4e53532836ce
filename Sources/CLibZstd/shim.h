// libzstd with its static API (frame headers). Only LibZstd and LibZstdEncoder import this.
#pragma once
#define ZSTD_STATIC_LINKING_ONLY 1
#include <zstd.h>
#include <zstd_errors.h>
