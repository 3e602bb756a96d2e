// Compression of what travels.
#ifndef SANJI_CZSTD_H
#define SANJI_CZSTD_H
#include <zstd.h>
#endif
