/*
 * sha256.h
 *	  SHA-256 of bytes in one piece.
 */
#ifndef MUTASI_SHA256_H
#define MUTASI_SHA256_H

#define SHA256_LEN 32

extern void sha256_of(const uint8 *data, size_t len, uint8 *digest);

#endif							/* MUTASI_SHA256_H */
