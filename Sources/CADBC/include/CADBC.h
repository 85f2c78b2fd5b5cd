// The part of the ADBC API, version 1.1, that Sheaf uses (https://arrow.apache.org/adbc/current/format/specification.html), as structures
// and a table of function pointers: nothing here is linked. A driver is a shared library, loaded when first used; the table is filled by
// name, one table a driver.
#ifndef CADBC_H
#define CADBC_H

#include <stddef.h>
#include <stdint.h>

#include "CArrowABI.h"

/// 0 for success.
typedef uint8_t AdbcStatusCode;

enum {
    CADBC_STATUS_OK = 0,
    CADBC_STATUS_UNKNOWN = 1,
    CADBC_STATUS_NOT_IMPLEMENTED = 2,
    CADBC_STATUS_NOT_FOUND = 3,
    CADBC_STATUS_ALREADY_EXISTS = 4,
    CADBC_STATUS_INVALID_ARGUMENT = 5,
    CADBC_STATUS_INVALID_STATE = 6,
    CADBC_STATUS_INVALID_DATA = 7,
    CADBC_STATUS_INTEGRITY = 8,
    CADBC_STATUS_INTERNAL = 9,
    CADBC_STATUS_IO = 10,
    CADBC_STATUS_CANCELLED = 11,
    CADBC_STATUS_TIMEOUT = 12,
    CADBC_STATUS_UNAUTHENTICATED = 13,
    CADBC_STATUS_UNAUTHORIZED = 14,
};

/// What `vendor_code` is set to before a call, to tell the driver that the structure has the fields of 1.1.
#define CADBC_ERROR_OF_1_1 INT32_MIN

/// Filled in by a call that fails; `release` is then called once.
struct AdbcError {
    char *message;
    int32_t vendor_code;
    /// Five letters or digits, or zeros.
    char sqlstate[5];
    void (*release)(struct AdbcError *error);
    void *private_data;
    void *private_driver;
};

// Handles: made by …New, ended by …Release.
struct AdbcDatabase { void *private_data; void *private_driver; };
struct AdbcConnection { void *private_data; void *private_driver; };
struct AdbcStatement { void *private_data; void *private_driver; };

// Each F(name, parameters) is the function `Adbc` and the name.
#define CADBC_FUNCTIONS(F) \
    F(DatabaseNew, (struct AdbcDatabase *database, struct AdbcError *error)) \
    F(DatabaseSetOption, (struct AdbcDatabase *database, const char *key, const char *value, struct AdbcError *error)) \
    F(DatabaseInit, (struct AdbcDatabase *database, struct AdbcError *error)) \
    F(DatabaseRelease, (struct AdbcDatabase *database, struct AdbcError *error)) \
    F(ConnectionNew, (struct AdbcConnection *connection, struct AdbcError *error)) \
    F(ConnectionSetOption, (struct AdbcConnection *connection, const char *key, const char *value, struct AdbcError *error)) \
    F(ConnectionInit, (struct AdbcConnection *connection, struct AdbcDatabase *database, struct AdbcError *error)) \
    F(ConnectionCommit, (struct AdbcConnection *connection, struct AdbcError *error)) \
    F(ConnectionRollback, (struct AdbcConnection *connection, struct AdbcError *error)) \
    F(ConnectionRelease, (struct AdbcConnection *connection, struct AdbcError *error)) \
    F(StatementNew, (struct AdbcConnection *connection, struct AdbcStatement *statement, struct AdbcError *error)) \
    F(StatementSetSqlQuery, (struct AdbcStatement *statement, const char *query, struct AdbcError *error)) \
    F(StatementSetOption, (struct AdbcStatement *statement, const char *key, const char *value, struct AdbcError *error)) \
    /* Both take over what they are given. */ \
    F(StatementBind, \
        (struct AdbcStatement *statement, struct ArrowArray *values, struct ArrowSchema *schema, struct AdbcError *error)) \
    F(StatementBindStream, (struct AdbcStatement *statement, struct ArrowArrayStream *stream, struct AdbcError *error)) \
    /* `out` may be null when no rows are wanted; the rows affected are -1 when the driver does not know. */ \
    F(StatementExecuteQuery, \
        (struct AdbcStatement *statement, struct ArrowArrayStream *out, int64_t *rows_affected, struct AdbcError *error)) \
    /* From any thread, while another call goes on. */ \
    F(StatementCancel, (struct AdbcStatement *statement, struct AdbcError *error)) \
    F(StatementRelease, (struct AdbcStatement *statement, struct AdbcError *error))

/// A driver's functions.
struct cadbc_functions {
#define CADBC_FIELD(name, parameters) AdbcStatusCode (*name) parameters;
    CADBC_FUNCTIONS(CADBC_FIELD)
#undef CADBC_FIELD
    /// More about the failure of a stream's call, or null; the error stays the stream's. Null for drivers without it.
    const struct AdbcError *(*ErrorFromArrayStream)(struct ArrowArrayStream *stream, AdbcStatusCode *status);
};

/// Fills the table from a library that dlopen has loaded. Returns null, or the name of the first function that the library lacks.
const char *cadbc_load(void *library, struct cadbc_functions *out);

/// An error to hand to a call.
struct AdbcError cadbc_error(void);

/// The error's SQLSTATE as text, or an empty text. `out` has room for six bytes.
void cadbc_sqlstate(const struct AdbcError *error, char *out);

#endif
