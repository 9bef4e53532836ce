// libzstd with its static API (frame headers). Only LibZstd and LibZstdEncoder import this.
#pragma once
#define ZSTD_STATIC_LINKING_ONLY 1
#include <zstd.h>
#include <zstd_errors.h>

/// Its name changed to ZSTD_FrameHeader in 1.5.7; this one holds for both.
typedef ZSTD_frameHeader sealift_zstd_frame_header;
