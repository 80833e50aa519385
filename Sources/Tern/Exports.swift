@_exported public import TernColumns
@_exported public import TernCore
@_exported public import TernDriver
