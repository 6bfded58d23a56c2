/** Functions `(out, value) => void` that write any value of a schema into a scratch buffer and check it on the way. */
import { logicalOf, unqualified, type AvroSchema, type RecordSchema, type UnionSchema } from '../../avro/schema.js'
import { unionShape } from '../../avro/union-shape.js'
import type { Encoder, LongMode } from '../ir/module-ir.js'
import { encoderName } from './codec-names.js'
import { comma, join, js, Name, type Code } from './code.js'
import { Lines } from './lines.js'
import type { ModuleScope } from './module-scope.js'
import { identifier } from './names.js'

export function printEncoders(module: ModuleScope, encoders: readonly Encoder[]): Lines {
  const out = new Lines()
  for (const encoder of encoders) {
    const printer = new EncoderPrinter(module, encoder.long)
    out.block(js`function ${encoderName(encoder.id)}(out$, value)`, () => {
      printer.encode(out, encoder.schema, js`value`, '')
    })
  }
  return out
}

class EncoderPrinter {
  readonly #recursive = new Map<RecordSchema, Name>()
  #variables = 0

  constructor(
    readonly module: ModuleScope,
    readonly long: LongMode,
  ) {}

  private variable(text: string): Name {
    return new Name(`${identifier(text)}$v${this.#variables++}`)
  }

  /** `path`: where in the value, for messages; items and entries without their index. */
  encode(out: Lines, schema: AvroSchema, value: Code, path: string): void {
    const logical = logicalOf(schema)
    switch (schema.type) {
      case 'null':
        out.line(js`out$.nothing(${value}, ${path})`)
        return
      case 'boolean':
        out.line(js`out$.boolean(${value}, ${path})`)
        return
      case 'int':
        out.line(js`out$.int(${value}, ${path})`)
        return
      case 'long':
        if (logical?.kind === 'timestamp-millis') out.line(js`out$.date(${value}, ${path})`)
        else if (this.long === 'bigint') out.line(js`out$.bigint(${value}, ${path})`)
        else out.line(js`out$.long(${value}, ${path})`)
        return
      case 'float':
        out.line(js`out$.float(${value}, ${path})`)
        return
      case 'double':
        out.line(js`out$.double(${value}, ${path})`)
        return
      case 'string':
        out.line(js`out$.text(${value}, ${path})`)
        return
      case 'bytes':
        if (logical?.kind !== 'decimal') out.line(js`out$.bytes(${value}, ${path})`)
        else out.line(js`out$.decimal(${value}, ${logical.precision}, ${logical.scale}, ${undefined}, ${path})`)
        return
      case 'fixed':
        if (logical?.kind !== 'decimal') out.line(js`out$.fixed(${value}, ${schema.size}, ${schema.name}, ${path})`)
        else out.line(js`out$.decimal(${value}, ${logical.precision}, ${logical.scale}, ${schema.size}, ${path})`)
        return
      case 'enum':
        out.line(js`out$.symbol(${value}, ${this.module.symbols(schema)}, ${schema.name}, ${path})`)
        return
      case 'array':
        this.array(out, schema, value, path)
        return
      case 'map':
        this.map(out, schema, value, path)
        return
      case 'record':
        this.record(out, schema, value, path)
        return
      case 'union':
        this.union(out, schema, value, path)
    }
  }

  private array(out: Lines, schema: AvroSchema & { type: 'array' }, value: Code, path: string): void {
    const list = this.variable('list')
    const index = this.variable('index')
    const item = this.variable('item')
    out.line(js`const ${list} = out$.array(${value}, ${path})`)
    out.block(js`for (let ${index} = 0; ${index} < ${list}.length; ${index}++)`, () => {
      out.line(js`const ${item} = ${list}[${index}]`)
      this.encode(out, schema.items, item, `${path}[]`)
    })
    out.line(js`out$.byte(0)`)
  }

  private map(out: Lines, schema: AvroSchema & { type: 'map' }, value: Code, path: string): void {
    const entries = this.variable('entries')
    const entry = this.variable('entry')
    const item = this.variable('item')
    out.line(js`const ${entries} = out$.entries(${value}, ${path})`)
    out.block(js`for (const ${entry} of ${entries})`, () => {
      out.line(js`out$.text(${entry}[0], ${path})`)
      out.line(js`const ${item} = ${entry}[1]`)
      this.encode(out, schema.values, item, `${path}{}`)
    })
    out.line(js`out$.byte(0)`)
  }

  private record(out: Lines, schema: RecordSchema, value: Code, path: string): void {
    if (isRecursive(schema)) {
      out.line(js`${this.recursive(schema)}(out$, ${value})`)
      return
    }
    this.recordBody(out, schema, value, path)
  }

  private recursive(schema: RecordSchema): Name {
    const known = this.#recursive.get(schema)
    if (known !== undefined) return known
    const name = this.module.uniqueFunction(`encode${unqualified(schema.name)}`)
    this.#recursive.set(schema, name)
    const out = new Lines()
    out.block(js`function ${name}(out$, value)`, () => {
      out.line(js`out$.enter()`)
      this.recordBody(out, schema, js`value`, `.${unqualified(schema.name)}`)
      out.line(js`out$.leave()`)
    })
    this.module.functions.append(out)
    return name
  }

  private recordBody(out: Lines, schema: RecordSchema, value: Code, path: string): void {
    const record = this.variable('record')
    out.line(js`const ${record} = out$.object(${value}, ${path})`)
    for (const field of schema.fields) {
      const name = this.variable(field.name)
      out.line(js`const ${name} = ${record}[${field.name}]`)
      this.encode(out, field.schema, name, `${path}.${field.name}`)
    }
  }

  private union(out: Lines, schema: UnionSchema, value: Code, path: string): void {
    const shape = unionShape(schema, this.long)
    const branch = this.variable('branch')
    const inner = this.variable('inner')
    const shapes = shape.branches.map((item) => js`${item.shape}`)
    const names = shape.branches.map((item) => js`${item.name}`)
    const table = this.module.table('branches', js`[${join(shape.wrapped ? names : shapes, comma)}]`)
    const nullIndex = shape.branches.findIndex((item) => item.shape === 'null')
    const find = shape.wrapped ? js`wrappedBranch` : js`branch`
    out.line(js`const ${branch} = out$.${find}(${value}, ${table}, ${nullIndex}, ${path})`)
    const unwrapped = shape.wrapped ? js`out$.unwrapped(${value})` : value
    out.line(js`const ${inner} = ${unwrapped}`)
    out.block(js`switch (${branch})`, () => {
      for (const [index, item] of schema.branches.entries()) {
        if (item.type === 'null') continue
        out.block(js`case ${index}:`, () => {
          this.encode(out, item, inner, path)
          out.line(js`break`)
        })
      }
    })
  }
}

function isRecursive(root: RecordSchema): boolean {
  const seen = new Set<AvroSchema>()
  const reaches = (schema: AvroSchema): boolean => {
    if (schema === root && seen.size > 0) return true
    if (seen.has(schema)) return false
    seen.add(schema)
    switch (schema.type) {
      case 'record':
        return schema.fields.some((field) => reaches(field.schema))
      case 'array':
        return reaches(schema.items)
      case 'map':
        return reaches(schema.values)
      case 'union':
        return schema.branches.some(reaches)
      default:
        return false
    }
  }
  return reaches(root)
}
