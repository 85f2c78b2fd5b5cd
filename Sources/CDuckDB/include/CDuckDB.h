// The part of DuckDB's C API that Sheaf uses (https://duckdb.org/docs/stable/clients/c/api), as types and a table of function pointers:
// nothing here is linked. The library is loaded when first used, and the table is filled by name.
#ifndef CDUCKDB_H
#define CDUCKDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CArrowABI.h"

typedef uint64_t idx_t;

// Handles are pointers to structures of one field each, so that the compiler tells them apart.
#define CDUCKDB_HANDLE(name) typedef struct _##name { void *internal_ptr; } *name;
CDUCKDB_HANDLE(duckdb_database)
CDUCKDB_HANDLE(duckdb_connection)
CDUCKDB_HANDLE(duckdb_config)
CDUCKDB_HANDLE(duckdb_extracted_statements)
CDUCKDB_HANDLE(duckdb_prepared_statement)
CDUCKDB_HANDLE(duckdb_pending_result)
CDUCKDB_HANDLE(duckdb_data_chunk)
CDUCKDB_HANDLE(duckdb_vector)
CDUCKDB_HANDLE(duckdb_logical_type)
CDUCKDB_HANDLE(duckdb_value)
CDUCKDB_HANDLE(duckdb_error_data)
CDUCKDB_HANDLE(duckdb_arrow_options)
CDUCKDB_HANDLE(duckdb_arrow_converted_schema)
CDUCKDB_HANDLE(duckdb_table_function)
CDUCKDB_HANDLE(duckdb_scalar_function)
CDUCKDB_HANDLE(duckdb_aggregate_function)
CDUCKDB_HANDLE(duckdb_bind_info)
CDUCKDB_HANDLE(duckdb_init_info)
CDUCKDB_HANDLE(duckdb_function_info)
CDUCKDB_HANDLE(duckdb_aggregate_state)
CDUCKDB_HANDLE(duckdb_replacement_scan_info)
#undef CDUCKDB_HANDLE

// Enumerations are passed as 32-bit integers; only the values used are named.
typedef uint32_t duckdb_state;
enum { CDUCKDB_SUCCESS = 0, CDUCKDB_ERROR = 1 };

typedef uint32_t duckdb_pending_state;
enum {
    CDUCKDB_PENDING_RESULT_READY = 0,
    CDUCKDB_PENDING_RESULT_NOT_READY = 1,
    CDUCKDB_PENDING_ERROR = 2,
    CDUCKDB_PENDING_NO_TASKS_AVAILABLE = 3
};

typedef uint32_t duckdb_result_type;
enum { CDUCKDB_RESULT_CHANGED_ROWS = 1, CDUCKDB_RESULT_NOTHING = 2, CDUCKDB_RESULT_ROWS = 3 };

typedef uint32_t duckdb_error_type;

typedef uint32_t duckdb_type;
enum {
    CDUCKDB_TYPE_BOOLEAN = 1,
    CDUCKDB_TYPE_TINYINT = 2,
    CDUCKDB_TYPE_SMALLINT = 3,
    CDUCKDB_TYPE_INTEGER = 4,
    CDUCKDB_TYPE_BIGINT = 5,
    CDUCKDB_TYPE_UTINYINT = 6,
    CDUCKDB_TYPE_USMALLINT = 7,
    CDUCKDB_TYPE_UINTEGER = 8,
    CDUCKDB_TYPE_UBIGINT = 9,
    CDUCKDB_TYPE_FLOAT = 10,
    CDUCKDB_TYPE_DOUBLE = 11,
    CDUCKDB_TYPE_TIMESTAMP = 12,
    CDUCKDB_TYPE_DATE = 13,
    CDUCKDB_TYPE_VARCHAR = 17,
    CDUCKDB_TYPE_BLOB = 18,
    CDUCKDB_TYPE_LIST = 24,
    CDUCKDB_TYPE_ANY = 34
};

/// A result; its first fields are not used any more.
typedef struct {
    idx_t deprecated_column_count;
    idx_t deprecated_row_count;
    idx_t deprecated_rows_changed;
    void *deprecated_columns;
    char *deprecated_error_message;
    void *internal_data;
} duckdb_result;

typedef struct {
    double percentage;
    uint64_t rows_processed;
    uint64_t total_rows_to_process;
} duckdb_query_progress_type;

/// Days since 1970-01-01.
typedef struct { int32_t days; } duckdb_date;
/// Microseconds since 1970-01-01 00:00:00.
typedef struct { int64_t micros; } duckdb_timestamp;

/// An element of a vector of strings: up to 12 bytes in place, or a pointer.
typedef struct {
    union {
        struct { uint32_t length; char prefix[4]; char *ptr; } pointer;
        struct { uint32_t length; char inlined[12]; } inlined;
    } value;
} duckdb_string_t;

typedef void (*duckdb_delete_callback_t)(void *data);
typedef void (*duckdb_table_function_bind_t)(duckdb_bind_info info);
typedef void (*duckdb_table_function_init_t)(duckdb_init_info info);
typedef void (*duckdb_table_function_t)(duckdb_function_info info, duckdb_data_chunk output);
typedef void (*duckdb_replacement_callback_t)(duckdb_replacement_scan_info info, const char *table, void *data);
typedef void (*duckdb_scalar_function_t)(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
typedef idx_t (*duckdb_aggregate_state_size)(duckdb_function_info info);
typedef void (*duckdb_aggregate_init_t)(duckdb_function_info info, duckdb_aggregate_state state);
typedef void (*duckdb_aggregate_destroy_t)(duckdb_aggregate_state *states, idx_t count);
typedef void (*duckdb_aggregate_update_t)(duckdb_function_info info, duckdb_data_chunk input, duckdb_aggregate_state *states);
typedef void (*duckdb_aggregate_combine_t)(
    duckdb_function_info info, duckdb_aggregate_state *source, duckdb_aggregate_state *target, idx_t count);
typedef void (*duckdb_aggregate_finalize_t)(
    duckdb_function_info info, duckdb_aggregate_state *source, duckdb_vector result, idx_t count, idx_t offset);

// F(result, name, parameters) for each function.
#define CDUCKDB_FUNCTIONS(F) \
    F(const char *, library_version, (void)) \
    F(void, free, (void *pointer)) \
    F(idx_t, vector_size, (void)) \
    /* Databases and connections */ \
    F(duckdb_state, create_config, (duckdb_config *out)) \
    F(duckdb_state, set_config, (duckdb_config config, const char *name, const char *option)) \
    F(void, destroy_config, (duckdb_config *config)) \
    F(duckdb_state, open_ext, (const char *path, duckdb_database *out, duckdb_config config, char **out_error)) \
    F(void, close, (duckdb_database *database)) \
    F(duckdb_state, connect, (duckdb_database database, duckdb_connection *out)) \
    F(void, disconnect, (duckdb_connection *connection)) \
    F(void, interrupt, (duckdb_connection connection)) \
    F(duckdb_query_progress_type, query_progress, (duckdb_connection connection)) \
    /* Statements */ \
    F(duckdb_state, query, (duckdb_connection connection, const char *sql, duckdb_result *out)) \
    F(idx_t, extract_statements, (duckdb_connection connection, const char *sql, duckdb_extracted_statements *out)) \
    F(const char *, extract_statements_error, (duckdb_extracted_statements statements)) \
    F(void, destroy_extracted, (duckdb_extracted_statements *statements)) \
    F(duckdb_state, prepare_extracted_statement, \
        (duckdb_connection connection, duckdb_extracted_statements statements, idx_t index, duckdb_prepared_statement *out)) \
    F(const char *, prepare_error, (duckdb_prepared_statement statement)) \
    F(void, destroy_prepare, (duckdb_prepared_statement *statement)) \
    F(idx_t, nparams, (duckdb_prepared_statement statement)) \
    F(duckdb_state, bind_value, (duckdb_prepared_statement statement, idx_t index, duckdb_value value)) \
    F(duckdb_state, pending_prepared, (duckdb_prepared_statement statement, duckdb_pending_result *out)) \
    F(duckdb_state, pending_prepared_streaming, (duckdb_prepared_statement statement, duckdb_pending_result *out)) \
    F(const char *, pending_error, (duckdb_pending_result pending)) \
    F(duckdb_pending_state, pending_execute_task, (duckdb_pending_result pending)) \
    F(duckdb_state, execute_pending, (duckdb_pending_result pending, duckdb_result *out)) \
    F(void, destroy_pending, (duckdb_pending_result *pending)) \
    /* Results */ \
    F(void, destroy_result, (duckdb_result *result)) \
    F(const char *, result_error, (duckdb_result *result)) \
    F(duckdb_error_type, result_error_type, (duckdb_result *result)) \
    F(duckdb_result_type, result_return_type, (duckdb_result result)) \
    F(idx_t, rows_changed, (duckdb_result *result)) \
    F(idx_t, column_count, (duckdb_result *result)) \
    F(const char *, column_name, (duckdb_result *result, idx_t column)) \
    F(duckdb_logical_type, column_logical_type, (duckdb_result *result, idx_t column)) \
    F(duckdb_data_chunk, fetch_chunk, (duckdb_result result)) \
    /* Chunks and vectors */ \
    F(void, destroy_data_chunk, (duckdb_data_chunk *chunk)) \
    F(idx_t, data_chunk_get_column_count, (duckdb_data_chunk chunk)) \
    F(duckdb_vector, data_chunk_get_vector, (duckdb_data_chunk chunk, idx_t column)) \
    F(idx_t, data_chunk_get_size, (duckdb_data_chunk chunk)) \
    F(void, data_chunk_set_size, (duckdb_data_chunk chunk, idx_t size)) \
    F(duckdb_logical_type, vector_get_column_type, (duckdb_vector vector)) \
    F(void *, vector_get_data, (duckdb_vector vector)) \
    F(uint64_t *, vector_get_validity, (duckdb_vector vector)) \
    F(void, vector_ensure_validity_writable, (duckdb_vector vector)) \
    F(void, vector_assign_string_element_len, (duckdb_vector vector, idx_t index, const char *text, idx_t length)) \
    F(void, vector_reference_vector, (duckdb_vector to, duckdb_vector from)) \
    /* Types and values */ \
    F(duckdb_logical_type, create_logical_type, (duckdb_type type)) \
    F(duckdb_type, get_type_id, (duckdb_logical_type type)) \
    F(void, destroy_logical_type, (duckdb_logical_type *type)) \
    F(duckdb_value, create_bool, (bool value)) \
    F(duckdb_value, create_int64, (int64_t value)) \
    F(duckdb_value, create_double, (double value)) \
    F(duckdb_value, create_varchar_length, (const char *text, idx_t length)) \
    F(duckdb_value, create_blob, (const uint8_t *data, idx_t length)) \
    F(duckdb_value, create_date, (duckdb_date value)) \
    F(duckdb_value, create_timestamp, (duckdb_timestamp value)) \
    F(duckdb_value, create_null_value, (void)) \
    F(int64_t, get_int64, (duckdb_value value)) \
    F(char *, get_varchar, (duckdb_value value)) \
    F(duckdb_logical_type, get_value_type, (duckdb_value value)) \
    F(idx_t, get_list_size, (duckdb_value value)) \
    F(duckdb_value, get_list_child, (duckdb_value value, idx_t index)) \
    F(void, destroy_value, (duckdb_value *value)) \
    /* Errors */ \
    F(duckdb_error_type, error_data_error_type, (duckdb_error_data error)) \
    F(const char *, error_data_message, (duckdb_error_data error)) \
    F(void, destroy_error_data, (duckdb_error_data *error)) \
    /* Arrow */ \
    F(duckdb_arrow_options, result_get_arrow_options, (duckdb_result *result)) \
    F(void, destroy_arrow_options, (duckdb_arrow_options *options)) \
    F(duckdb_error_data, to_arrow_schema, \
        (duckdb_arrow_options options, duckdb_logical_type *types, const char **names, idx_t count, struct ArrowSchema *out)) \
    F(duckdb_error_data, data_chunk_to_arrow, (duckdb_arrow_options options, duckdb_data_chunk chunk, struct ArrowArray *out)) \
    F(duckdb_error_data, schema_from_arrow, \
        (duckdb_connection connection, struct ArrowSchema *schema, duckdb_arrow_converted_schema *out)) \
    F(duckdb_error_data, data_chunk_from_arrow, \
        (duckdb_connection connection, struct ArrowArray *array, duckdb_arrow_converted_schema schema, duckdb_data_chunk *out)) \
    F(void, destroy_arrow_converted_schema, (duckdb_arrow_converted_schema *schema)) \
    /* Table functions */ \
    F(duckdb_table_function, create_table_function, (void)) \
    F(void, destroy_table_function, (duckdb_table_function *function)) \
    F(void, table_function_set_name, (duckdb_table_function function, const char *name)) \
    F(void, table_function_add_parameter, (duckdb_table_function function, duckdb_logical_type type)) \
    F(void, table_function_set_extra_info, (duckdb_table_function function, void *info, duckdb_delete_callback_t destroy)) \
    F(void, table_function_set_bind, (duckdb_table_function function, duckdb_table_function_bind_t bind)) \
    F(void, table_function_set_init, (duckdb_table_function function, duckdb_table_function_init_t init)) \
    F(void, table_function_set_local_init, (duckdb_table_function function, duckdb_table_function_init_t init)) \
    F(void, table_function_set_function, (duckdb_table_function function, duckdb_table_function_t body)) \
    F(void, table_function_supports_projection_pushdown, (duckdb_table_function function, bool pushdown)) \
    F(duckdb_state, register_table_function, (duckdb_connection connection, duckdb_table_function function)) \
    F(void *, bind_get_extra_info, (duckdb_bind_info info)) \
    F(void, bind_add_result_column, (duckdb_bind_info info, const char *name, duckdb_logical_type type)) \
    F(duckdb_value, bind_get_parameter, (duckdb_bind_info info, idx_t index)) \
    F(void, bind_set_bind_data, (duckdb_bind_info info, void *data, duckdb_delete_callback_t destroy)) \
    F(void, bind_set_cardinality, (duckdb_bind_info info, idx_t cardinality, bool is_exact)) \
    F(void, bind_set_error, (duckdb_bind_info info, const char *error)) \
    F(void *, init_get_bind_data, (duckdb_init_info info)) \
    F(void, init_set_init_data, (duckdb_init_info info, void *data, duckdb_delete_callback_t destroy)) \
    F(idx_t, init_get_column_count, (duckdb_init_info info)) \
    F(idx_t, init_get_column_index, (duckdb_init_info info, idx_t index)) \
    F(void, init_set_max_threads, (duckdb_init_info info, idx_t threads)) \
    F(void *, function_get_bind_data, (duckdb_function_info info)) \
    F(void *, function_get_init_data, (duckdb_function_info info)) \
    F(void *, function_get_local_init_data, (duckdb_function_info info)) \
    F(void, function_set_error, (duckdb_function_info info, const char *error)) \
    /* Tables by other names */ \
    F(void, add_replacement_scan, \
        (duckdb_database database, duckdb_replacement_callback_t replace, void *data, duckdb_delete_callback_t destroy)) \
    F(void, replacement_scan_set_function_name, (duckdb_replacement_scan_info info, const char *function)) \
    F(void, replacement_scan_add_parameter, (duckdb_replacement_scan_info info, duckdb_value parameter)) \
    /* Scalar functions */ \
    F(duckdb_scalar_function, create_scalar_function, (void)) \
    F(void, destroy_scalar_function, (duckdb_scalar_function *function)) \
    F(void, scalar_function_set_name, (duckdb_scalar_function function, const char *name)) \
    F(void, scalar_function_add_parameter, (duckdb_scalar_function function, duckdb_logical_type type)) \
    F(void, scalar_function_set_return_type, (duckdb_scalar_function function, duckdb_logical_type type)) \
    F(void, scalar_function_set_special_handling, (duckdb_scalar_function function)) \
    F(void, scalar_function_set_volatile, (duckdb_scalar_function function)) \
    F(void, scalar_function_set_extra_info, (duckdb_scalar_function function, void *info, duckdb_delete_callback_t destroy)) \
    F(void, scalar_function_set_function, (duckdb_scalar_function function, duckdb_scalar_function_t body)) \
    F(duckdb_state, register_scalar_function, (duckdb_connection connection, duckdb_scalar_function function)) \
    F(void *, scalar_function_get_extra_info, (duckdb_function_info info)) \
    F(void, scalar_function_set_error, (duckdb_function_info info, const char *error)) \
    /* Aggregate functions */ \
    F(duckdb_aggregate_function, create_aggregate_function, (void)) \
    F(void, destroy_aggregate_function, (duckdb_aggregate_function *function)) \
    F(void, aggregate_function_set_name, (duckdb_aggregate_function function, const char *name)) \
    F(void, aggregate_function_add_parameter, (duckdb_aggregate_function function, duckdb_logical_type type)) \
    F(void, aggregate_function_set_return_type, (duckdb_aggregate_function function, duckdb_logical_type type)) \
    F(void, aggregate_function_set_special_handling, (duckdb_aggregate_function function)) \
    F(void, aggregate_function_set_functions, \
        (duckdb_aggregate_function function, duckdb_aggregate_state_size size, duckdb_aggregate_init_t init, \
         duckdb_aggregate_update_t update, duckdb_aggregate_combine_t combine, duckdb_aggregate_finalize_t finalize)) \
    F(void, aggregate_function_set_destructor, (duckdb_aggregate_function function, duckdb_aggregate_destroy_t destroy)) \
    F(void, aggregate_function_set_extra_info, (duckdb_aggregate_function function, void *info, duckdb_delete_callback_t destroy)) \
    F(duckdb_state, register_aggregate_function, (duckdb_connection connection, duckdb_aggregate_function function)) \
    F(void *, aggregate_function_get_extra_info, (duckdb_function_info info)) \
    F(void, aggregate_function_set_error, (duckdb_function_info info, const char *error))

/// DuckDB's functions; each field is the function `duckdb_` and the field's name.
struct cduckdb_functions {
#define CDUCKDB_FIELD(result, name, parameters) result (*name) parameters;
    CDUCKDB_FUNCTIONS(CDUCKDB_FIELD)
#undef CDUCKDB_FIELD
};

/// Fills the table from a library that dlopen has loaded. Returns null, or the name of the first function that the library lacks.
const char *cduckdb_load(void *library, struct cduckdb_functions *out);

/// Makes `out` a structure of one column: `length` rows of `column` from row `start`, counted from the column's own offset. Nothing is
/// copied, so whoever owns the column has to keep it: `release(owner)` is called when `out` is released. Returns false, and calls nothing,
/// when there is no memory.
bool cduckdb_slice(
    const struct ArrowArray *column, int64_t start, int64_t length, void *owner, void (*release)(void *owner), struct ArrowArray *out);

/// Counts the nulls of dictionaries' keys where their number is not known: DuckDB takes that for none.
void cduckdb_count_nulls(struct ArrowArray *array);

/// Makes `out` an array without rows of the schema's type. Returns false when there is no memory. Released as any array.
bool cduckdb_empty(const struct ArrowSchema *schema, struct ArrowArray *out);

#endif
