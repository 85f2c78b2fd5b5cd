#include "CSheafBridge.h"

// `#embed` is of C23.
#pragma clang diagnostic ignored "-Wc23-extensions"

#define SOURCE(name, bytes) { name, bytes, sizeof bytes }

static const unsigned char bootstrap[] = {
#embed "../../bridges/python/bootstrap.py"
};
static const unsigned char up[] = {
#embed "../../bridges/python/sheaf_up.py"
};

const struct sheaf_bridge_source sheaf_bridge_bootstrap = SOURCE("bootstrap", bootstrap);

static const struct sheaf_bridge_source modules[] = {
    SOURCE("sheaf_up", up),
    { 0, 0, 0 },
};

const struct sheaf_bridge_source *const sheaf_bridge_modules = modules;
