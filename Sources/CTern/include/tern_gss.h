// The few declarations of the generic security service (RFC 2744) that a client needs. The library
// is loaded at run time where it is there, so that nothing needs its headers to be built.
#ifndef TERN_GSS_H
#define TERN_GSS_H

#include <stddef.h>
#include <stdint.h>

/// Bytes with their length, which the library owns where it made them.
struct tern_gss_buffer {
  size_t length;
  void *value;
};

/// An object identifier as its DER content.
struct tern_gss_oid {
  uint32_t length;
  void *elements;
};

typedef uint32_t (*tern_gss_import_name)(
    uint32_t *minor, struct tern_gss_buffer *text, struct tern_gss_oid *type, void **name);
typedef uint32_t (*tern_gss_init_sec_context)(
    uint32_t *minor, void *credential, void **context, void *target, struct tern_gss_oid *mechanism,
    uint32_t flags, uint32_t seconds, void *bindings, struct tern_gss_buffer *input,
    struct tern_gss_oid **actual, struct tern_gss_buffer *output, uint32_t *granted,
    uint32_t *lifetime);
typedef uint32_t (*tern_gss_display_status)(
    uint32_t *minor, uint32_t status, int kind, struct tern_gss_oid *mechanism, uint32_t *more,
    struct tern_gss_buffer *text);
typedef uint32_t (*tern_gss_release_buffer)(uint32_t *minor, struct tern_gss_buffer *buffer);
typedef uint32_t (*tern_gss_release_name)(uint32_t *minor, void **name);
typedef uint32_t (*tern_gss_delete_sec_context)(
    uint32_t *minor, void **context, struct tern_gss_buffer *token);

#endif
