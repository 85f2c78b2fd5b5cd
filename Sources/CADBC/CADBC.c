#include "CADBC.h"

#include <dlfcn.h>
#include <string.h>

static const char *const names[] = {
#define CADBC_NAME(name, parameters) "Adbc" #name,
    CADBC_FUNCTIONS(CADBC_NAME)
#undef CADBC_NAME
};

_Static_assert(
    sizeof(struct cadbc_functions) == sizeof names + sizeof(void *), "the table holds one pointer a name, and the one that may lack");

const char *cadbc_load(void *library, struct cadbc_functions *out) {
    size_t count = sizeof names / sizeof names[0];
    for (size_t i = 0; i < count; i++) {
        void *address = dlsym(library, names[i]);
        if (!address) return names[i];
        memcpy((char *)out + i * sizeof address, &address, sizeof address);
    }
    void *address = dlsym(library, "AdbcErrorFromArrayStream");
    memcpy((char *)out + count * sizeof address, &address, sizeof address);
    return NULL;
}

struct AdbcError cadbc_error(void) {
    struct AdbcError error;
    memset(&error, 0, sizeof error);
    error.vendor_code = CADBC_ERROR_OF_1_1;
    return error;
}

void cadbc_sqlstate(const struct AdbcError *error, char *out) {
    memcpy(out, error->sqlstate, sizeof error->sqlstate);
    out[sizeof error->sqlstate] = 0;
}
