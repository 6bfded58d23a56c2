/**
 * Canonical forms of a schema: text that is equal where schemas mean the same.
 *
 * `parsingCanonicalForm` is the specification's "Parsing Canonical Form": what a reader needs to parse data, without
 * docs, defaults, aliases and logical types. `logicalCanonicalForm` is ours: the same with logicalType, precision and
 * scale kept, since a decoder of timestamps is another than one of longs (the specification's form drops them).
 */
import { isNamed, logicalOf, type AvroSchema, type LogicalType } from './schema.js'

export function parsingCanonicalForm(schema: AvroSchema): string {
  return new CanonicalPrinter(false).print(schema)
}

export function logicalCanonicalForm(schema: AvroSchema): string {
  return new CanonicalPrinter(true).print(schema)
}

class CanonicalPrinter {
  private readonly printed = new Set<string>()
  constructor(private readonly withLogicalTypes: boolean) {}

  print(schema: AvroSchema): string {
    if (isNamed(schema)) {
      if (this.printed.has(schema.name)) return JSON.stringify(schema.name)
      this.printed.add(schema.name)
    }
    switch (schema.type) {
      case 'array':
        return `{"type":"array","items":${this.print(schema.items)}}`
      case 'map':
        return `{"type":"map","values":${this.print(schema.values)}}`
      case 'union':
        return `[${schema.branches.map((branch) => this.print(branch)).join(',')}]`
      case 'enum':
        return `{"name":${JSON.stringify(schema.name)},"type":"enum","symbols":${JSON.stringify(schema.symbols)}}`
      case 'fixed':
        return `{"name":${JSON.stringify(schema.name)},"type":"fixed","size":${schema.size}${this.logical(schema)}}`
      case 'record': {
        const fields = schema.fields.map(
          (field) => `{"name":${JSON.stringify(field.name)},"type":${this.print(field.schema)}}`,
        )
        return `{"name":${JSON.stringify(schema.name)},"type":"record","fields":[${fields.join(',')}]}`
      }
      default: {
        const logical = this.logical(schema)
        return logical === '' ? `"${schema.type}"` : `{"type":"${schema.type}"${logical}}`
      }
    }
  }

  private logical(schema: AvroSchema): string {
    const logical = logicalOf(schema)
    return !this.withLogicalTypes || logical === undefined ? '' : logicalText(logical)
  }
}

function logicalText(logical: LogicalType): string {
  const name = `,"logicalType":"${logical.kind}"`
  return logical.kind === 'decimal' ? `${name},"precision":${logical.precision},"scale":${logical.scale}` : name
}
