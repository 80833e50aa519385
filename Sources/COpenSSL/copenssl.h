// What TernNet uses of OpenSSL 3.
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Swift sees functions, not function-like macros: each of these is one macro under a name of ours.

static inline int tern_ssl_ctx_set_min_tls12(SSL_CTX *context) {
  return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

static inline void tern_ssl_ctx_set_write_modes(SSL_CTX *context) {
  SSL_CTX_set_mode(
      context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                   SSL_MODE_RELEASE_BUFFERS);
}

static inline void tern_ssl_ctx_set_read_ahead(SSL_CTX *context, size_t byte_count) {
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, byte_count);
}

static inline void tern_ssl_ctx_no_session_cache(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static inline int tern_ssl_set_server_name(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, (char *)name);
}

static inline void tern_bio_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void tern_bio_set_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
static inline void tern_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
