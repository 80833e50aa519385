// Descriptors.
public import CODBC
import Tern

/// Reads a field of a descriptor.
@implementation @c
public func SQLGetDescField(
  _ descriptor: SQLHDESC!, _ number: SQLSMALLINT, _ field: SQLSMALLINT, _ value: SQLPOINTER!,
  _ capacity: SQLINTEGER, _ length: UnsafeMutablePointer<SQLINTEGER>!
) -> SQLRETURN {
  unsafe onDescriptor(descriptor) { descriptor throws(TernError) in
    try descriptor.get(
      number, field, unsafe Address(value), unsafe OutputText(narrow: value, capacity, length))
  }
}

/// `SQLGetDescField` with UTF-16 text.
@implementation @c
public func SQLGetDescFieldW(
  _ descriptor: SQLHDESC!, _ number: SQLSMALLINT, _ field: SQLSMALLINT, _ value: SQLPOINTER!,
  _ capacity: SQLINTEGER, _ length: UnsafeMutablePointer<SQLINTEGER>!
) -> SQLRETURN {
  unsafe onDescriptor(descriptor) { descriptor throws(TernError) in
    try descriptor.get(
      number, field, unsafe Address(value),
      unsafe OutputText(wide: value, capacity, .bytes, length))
  }
}

/// Changes a field of a descriptor.
@implementation @c
public func SQLSetDescField(
  _ descriptor: SQLHDESC!, _ number: SQLSMALLINT, _ field: SQLSMALLINT, _ value: SQLPOINTER!,
  _ length: SQLINTEGER
) -> SQLRETURN {
  unsafe onDescriptor(descriptor) { descriptor throws(TernError) in
    try descriptor.set(
      number, field, unsafe Address(value),
      try InputText(unsafe Address(value), byteCount: Int(length), .utf8))
  }
}

/// `SQLSetDescField` with UTF-16 text.
@implementation @c
public func SQLSetDescFieldW(
  _ descriptor: SQLHDESC!, _ number: SQLSMALLINT, _ field: SQLSMALLINT, _ value: SQLPOINTER!,
  _ length: SQLINTEGER
) -> SQLRETURN {
  unsafe onDescriptor(descriptor) { descriptor throws(TernError) in
    try descriptor.set(
      number, field, unsafe Address(value),
      try InputText(unsafe Address(value), byteCount: Int(length), .utf16))
  }
}

/// Reads the usual fields of a record.
@implementation @c
public func SQLGetDescRec(
  _ descriptor: SQLHDESC!, _ number: SQLSMALLINT, _ name: UnsafeMutablePointer<SQLCHAR>!,
  _ capacity: SQLSMALLINT, _ length: UnsafeMutablePointer<SQLSMALLINT>!,
  _ type: UnsafeMutablePointer<SQLSMALLINT>!, _ subtype: UnsafeMutablePointer<SQLSMALLINT>!,
  _ octetLength: UnsafeMutablePointer<SQLLEN>!, _ precision: UnsafeMutablePointer<SQLSMALLINT>!,
  _ scale: UnsafeMutablePointer<SQLSMALLINT>!, _ nullable: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onDescriptor(descriptor) { descriptor throws(TernError) in
    try descriptor.readRecord(
      number, unsafe OutputText(narrow: name, capacity, length),
      DescriptorHandle.RecordOutputs(
        type: unsafe Address(type), subtype: unsafe Address(subtype),
        length: unsafe Address(octetLength), precision: unsafe Address(precision),
        scale: unsafe Address(scale), nullable: unsafe Address(nullable)))
  }
}

/// `SQLGetDescRec` with UTF-16 text.
@implementation @c
public func SQLGetDescRecW(
  _ descriptor: SQLHDESC!, _ number: SQLSMALLINT, _ name: UnsafeMutablePointer<SQLWCHAR>!,
  _ capacity: SQLSMALLINT, _ length: UnsafeMutablePointer<SQLSMALLINT>!,
  _ type: UnsafeMutablePointer<SQLSMALLINT>!, _ subtype: UnsafeMutablePointer<SQLSMALLINT>!,
  _ octetLength: UnsafeMutablePointer<SQLLEN>!, _ precision: UnsafeMutablePointer<SQLSMALLINT>!,
  _ scale: UnsafeMutablePointer<SQLSMALLINT>!, _ nullable: UnsafeMutablePointer<SQLSMALLINT>!
) -> SQLRETURN {
  unsafe onDescriptor(descriptor) { descriptor throws(TernError) in
    try descriptor.readRecord(
      number, unsafe OutputText(wide: name, capacity, .characters, length),
      DescriptorHandle.RecordOutputs(
        type: unsafe Address(type), subtype: unsafe Address(subtype),
        length: unsafe Address(octetLength), precision: unsafe Address(precision),
        scale: unsafe Address(scale), nullable: unsafe Address(nullable)))
  }
}

/// Sets the usual fields of a record.
@implementation @c
public func SQLSetDescRec(
  _ descriptor: SQLHDESC!, _ number: SQLSMALLINT, _ type: SQLSMALLINT, _ subtype: SQLSMALLINT,
  _ length: SQLLEN, _ precision: SQLSMALLINT, _ scale: SQLSMALLINT, _ data: SQLPOINTER!,
  _ octetLength: UnsafeMutablePointer<SQLLEN>!, _ indicator: UnsafeMutablePointer<SQLLEN>!
) -> SQLRETURN {
  unsafe onDescriptor(descriptor) { descriptor throws(TernError) in
    try descriptor.writeRecord(
      number,
      DescriptorHandle.RecordInputs(
        type: type, subtype: subtype, length: length, precision: precision, scale: scale,
        data: unsafe Address(data), lengthCell: unsafe Address(octetLength),
        indicator: unsafe Address(indicator)))
  }
}

/// Copies a descriptor.
@implementation @c
public func SQLCopyDesc(_ source: SQLHDESC!, _ target: SQLHDESC!) -> SQLRETURN {
  unsafe copyDescriptor(source, target)
}
