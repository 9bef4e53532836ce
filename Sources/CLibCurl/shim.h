// libcurl: all HTTP. Only LibCurl imports this.
// curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic, which Swift cannot call:
// one inline function for each argument type.
#pragma once
#include <curl/curl.h>
