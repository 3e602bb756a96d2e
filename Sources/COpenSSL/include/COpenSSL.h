// libcrypto for hashes and signatures (SHA-256, SM3, Ed25519, SM2).
#ifndef SANJI_COPENSSL_H
#define SANJI_COPENSSL_H
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

// A variadic macro in the header.
static inline EVP_PKEY *sanji_generate_key(const char *name) { return EVP_PKEY_Q_keygen(NULL, NULL, name); }
#endif
