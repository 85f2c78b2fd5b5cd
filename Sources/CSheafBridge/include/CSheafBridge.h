// The Python sources of the bridge to Dask and Ray, as they lie in bridges/python, inside the program.
#ifndef CSHEAF_BRIDGE_H
#define CSHEAF_BRIDGE_H

#include <stddef.h>

struct sheaf_bridge_source {
    /// The module's name, such as `sheaf_bridge.sidecar`.
    const char *name;
    const unsigned char *bytes;
    size_t count;
};

/// Ends with one that has no name.
extern const struct sheaf_bridge_source *const sheaf_bridge_modules;

/// What starts the sidecar from them.
extern const struct sheaf_bridge_source sheaf_bridge_bootstrap;

#endif
