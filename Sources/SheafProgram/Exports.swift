// A program declares its own options with `@Argument`, `@Option` and `@Flag`.
@_exported public import ArgumentParser
