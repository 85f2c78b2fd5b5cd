@_exported public import SheafArray
@_exported public import SheafArrow
@_exported public import SheafBag
@_exported public import SheafCore
@_exported public import SheafInterchange
@_exported public import SheafLocal
@_exported public import SheafProgram
@_exported public import SheafTable
