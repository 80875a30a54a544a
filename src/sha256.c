/*
 * sha256.c
 *	  SHA-256 (FIPS 180-4) of bytes in one piece.
 *
 * The server's pg_cryptohash goes through OpenSSL, which looks its algorithm
 * up by name, under locks, each time a digest begins: for the two short
 * digests of a history row that takes several times as long as the hashing.
 * x86-64 processors with the SHA extensions use them.  Builds with assertions
 * compare every digest with the portable one and with the server's.
 */
#include "postgres.h"

#include "sha256.h"

#include "port/pg_bswap.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define SHA256_X86
#include <cpuid.h>
#include <immintrin.h>
#endif

#ifdef USE_ASSERT_CHECKING
#include "common/cryptohash.h"
#include "common/sha2.h"
#endif

#define BLOCK_LEN 64

typedef void (*Compress) (uint32 *state, const uint8 *data, size_t nblocks);

static const uint32 initial_state[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
};

static const uint32 round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

static inline uint32
rotate(uint32 x, int n)
{
	return (x >> n) | (x << (32 - n));
}

static void
compress_portable(uint32 *state, const uint8 *data, size_t nblocks)
{
	for (; nblocks > 0; nblocks--, data += BLOCK_LEN)
	{
		uint32		w[64];
		uint32		a = state[0];
		uint32		b = state[1];
		uint32		c = state[2];
		uint32		d = state[3];
		uint32		e = state[4];
		uint32		f = state[5];
		uint32		g = state[6];
		uint32		h = state[7];

		memcpy(w, data, BLOCK_LEN);
		for (int i = 0; i < 16; i++)
			w[i] = pg_ntoh32(w[i]);
#pragma GCC unroll 16
		for (int i = 16; i < 64; i++)
		{
			uint32		s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
			uint32		s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);

			w[i] = w[i - 16] + s0 + w[i - 7] + s1;
		}
		/* unrolled by eight, the letters come round without being moved */
#pragma GCC unroll 8
		for (int i = 0; i < 64; i++)
		{
			uint32		s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
			uint32		t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
			uint32		s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
			uint32		t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));

			h = g;
			g = f;
			f = e;
			e = d + t1;
			d = c;
			c = b;
			b = a;
			a = t1 + t2;
		}
		state[0] += a;
		state[1] += b;
		state[2] += c;
		state[3] += d;
		state[4] += e;
		state[5] += f;
		state[6] += g;
		state[7] += h;
	}
}

#ifdef SHA256_X86
/* The instructions want the state as a, b, e, f and c, d, g, h, and do two rounds each. */
__attribute__((target("sha,sse4.1")))
static void
compress_x86(uint32 *state, const uint8 *data, size_t nblocks)
{
	const __m128i swap = _mm_set_epi64x(INT64CONST(0x0c0d0e0f08090a0b), INT64CONST(0x0405060700010203));
	__m128i		cdab = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *) state), 0xb1);
	__m128i		efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *) (state + 4)), 0x1b);
	__m128i		abef = _mm_alignr_epi8(cdab, efgh, 8);
	__m128i		cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
	__m128i		feba;
	__m128i		dchg;

	for (; nblocks > 0; nblocks--, data += BLOCK_LEN)
	{
		__m128i		abef_before = abef;
		__m128i		cdgh_before = cdgh;
		__m128i		w[4];

		for (int i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *) (data + 16 * i)), swap);
#pragma GCC unroll 16
		for (int i = 0; i < 16; i++)
		{
			__m128i		k = _mm_add_epi32(w[i % 4], _mm_loadu_si128((const __m128i *) &round_constants[4 * i]));

			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(k, 0x0e));
			/* the words of four groups of rounds later */
			if (i < 12)
				w[i % 4] = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]),
															  _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4)),
												w[(i + 3) % 4]);
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	feba = _mm_shuffle_epi32(abef, 0x1b);
	dchg = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *) state, _mm_blend_epi16(feba, dchg, 0xf0));
	_mm_storeu_si128((__m128i *) (state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

static bool
has_sha_extensions(void)
{
	unsigned int eax;
	unsigned int ebx;
	unsigned int ecx;
	unsigned int edx;

	/* SSSE3 and SSE4.1, then SHA */
	return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & (1 << 9)) && (ecx & (1 << 19)) &&
		__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & (1 << 29));
}
#endif

static void
digest_with(Compress compress, const uint8 *data, size_t len, uint8 *digest)
{
	uint32		state[8];
	uint8		tail[2 * BLOCK_LEN];
	size_t		whole = len / BLOCK_LEN;
	size_t		rest = len % BLOCK_LEN;
	size_t		ntail = rest + 1 + sizeof(uint64) <= BLOCK_LEN ? 1 : 2;
	uint64		bits = pg_hton64((uint64) len * 8);

	memcpy(state, initial_state, sizeof(state));
	compress(state, data, whole);
	/* what is left, a one bit, zeros, and the length in bits */
	memset(tail, 0, sizeof(tail));
	memcpy(tail, data + whole * BLOCK_LEN, rest);
	tail[rest] = 0x80;
	memcpy(tail + ntail * BLOCK_LEN - sizeof(bits), &bits, sizeof(bits));
	compress(state, tail, ntail);
	for (int i = 0; i < 8; i++)
		state[i] = pg_hton32(state[i]);
	memcpy(digest, state, SHA256_LEN);
}

#ifdef USE_ASSERT_CHECKING
static void
check_digest(const uint8 *data, size_t len, const uint8 *digest)
{
	uint8		other[SHA256_LEN];
	pg_cryptohash_ctx *ctx = pg_cryptohash_create(PG_SHA256);

	digest_with(compress_portable, data, len, other);
	Assert(memcmp(other, digest, SHA256_LEN) == 0);
	if (ctx == NULL || pg_cryptohash_init(ctx) < 0 || pg_cryptohash_update(ctx, data, len) < 0 ||
		pg_cryptohash_final(ctx, other, sizeof(other)) < 0)
		elog(ERROR, "could not compute SHA-256");
	pg_cryptohash_free(ctx);
	Assert(memcmp(other, digest, SHA256_LEN) == 0);
}
#endif

void
sha256_of(const uint8 *data, size_t len, uint8 *digest)
{
	static Compress compress = NULL;

	if (compress == NULL)
	{
		compress = compress_portable;
#ifdef SHA256_X86
		if (has_sha_extensions())
			compress = compress_x86;
#endif
	}
	digest_with(compress, data, len, digest);
#ifdef USE_ASSERT_CHECKING
	check_digest(data, len, digest);
#endif
}
