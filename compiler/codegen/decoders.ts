/** Functions `(bytes, view, p, end) => value` for what is not kept in locals; they leave their end in `at$`. */
import { minEncodedSize } from '../../avro/encoded-size.js'
import { defaultValue } from '../../avro/default-value.js'
import type { RecordResolution, Resolution } from '../../avro/resolve.js'
import { logicalOf, unqualified, type LogicalType } from '../../avro/schema.js'
import { unionShape } from '../../avro/union-shape.js'
import { fieldOf, whole, type Demand } from '../ir/demand.js'
import type { Decoder, LongMode } from '../ir/module-ir.js'
import { decoderName } from './codec-names.js'
import { comma, join, js, Name, type Code } from './code.js'
import { constantValue } from './constant-value.js'
import { Lines } from './lines.js'
import type { ModuleScope } from './module-scope.js'
import { identifier, variables } from './names.js'
import { readNumber } from './read-number.js'
import { blockCount, checkCount, readLength, skip, unionBranches, type Bytes } from './skip.js'

const { p, n } = variables
const bytes: Bytes = { buffer: js`b$`, view: js`v$`, end: js`end$` }
const parameters = js`b$, v$, ${p}, end$`

export function printDecoders(module: ModuleScope, decoders: readonly Decoder[]): Lines {
  const out = new Lines()
  for (const decoder of decoders) {
    const printer = new DecoderPrinter(module, decoder.long)
    printer.print(out, decoderName(decoder.id), decoder.resolution, decoder.demand)
  }
  return out
}

class DecoderPrinter {
  readonly #recursive = new Map<RecordResolution, Name>()
  #variables = 0

  constructor(
    readonly module: ModuleScope,
    readonly long: LongMode,
  ) {}

  print(out: Lines, name: Name, resolution: Resolution, demand: Demand): void {
    out.block(js`function ${name}(${parameters})`, () => {
      out.line(js`let ${n} = 0`)
      out.line(js`let value`)
      this.decode(out, js`value`, resolution, demand)
      out.line(js`if (${p} > end$) ${this.module.helper('endOfData')}()`)
      out.line(js`at$ = ${p}`)
      out.line(js`return value`)
    })
  }

  private variable(text: string): Name {
    return new Name(`${identifier(text)}$v${this.#variables++}`)
  }

  private decode(out: Lines, target: Code, resolution: Resolution, demand: Demand): void {
    const { module } = this
    if (demand.kind === 'none' || demand.kind === 'presence') {
      skip(module, out, resolution.writer, bytes)
      out.line(js`${target} = null`)
      return
    }
    switch (resolution.kind) {
      case 'primitive':
        this.primitive(out, target, resolution)
        return
      case 'fixed':
        this.bytesValue(out, target, js`${resolution.writer.size}`, logicalOf(resolution.reader))
        return
      case 'enum':
        this.symbol(out, target, resolution)
        return
      case 'array':
        this.array(out, target, resolution, demand)
        return
      case 'map':
        this.map(out, target, resolution)
        return
      case 'record':
        this.record(out, target, resolution, demand)
        return
      case 'writer-union':
        unionBranches(module, out, bytes, resolution.branches.length, (index) => {
          const branch = resolution.branches[index]
          if (branch !== undefined) this.decode(out, target, branch, demand)
        })
        return
      case 'reader-union': {
        const shape = unionShape(resolution.reader, this.long)
        const branch = shape.branches[resolution.branch]
        this.decode(out, target, resolution.value, shape.nullable && !shape.wrapped ? demand : whole)
        if (shape.wrapped && branch !== undefined && branch.shape !== 'null') {
          out.line(js`${target} = { [${branch.name}]: ${target} }`)
        }
        return
      }
      case 'error':
        out.line(js`${module.helper('unreadable')}(${`${resolution.path}: ${resolution.message}`})`)
    }
  }

  private primitive(out: Lines, target: Code, resolution: Resolution & { kind: 'primitive' }): void {
    const { writer, reader } = resolution
    if (writer.type === 'null') {
      out.line(js`${target} = null`)
      return
    }
    if (writer.type !== 'string' && writer.type !== 'bytes') {
      readNumber(this.module, out, target, { writer, reader, long: this.long }, bytes)
      if (reader.logical?.kind === 'timestamp-millis') out.line(js`${target} = new Date(${target})`)
      return
    }
    readLength(this.module, out, bytes)
    if (reader.type === 'bytes') {
      this.bytesValue(out, target, n, reader.logical)
      return
    }
    out.line(js`if (${p} + ${n} > end$) ${this.module.helper('endOfData')}()`)
    out.line(js`${target} = ${this.module.helper('checkedText')}(b$, ${p}, ${p} += ${n})`)
  }

  private bytesValue(out: Lines, target: Code, size: Code, logical: LogicalType | undefined): void {
    const { module } = this
    out.line(js`if (${p} + ${size} > end$) ${module.helper('endOfData')}()`)
    const copy = js`${module.helper('copyOf')}(b$, ${p}, ${p} += ${size})`
    const value =
      logical?.kind === 'decimal' ? js`${module.helper('decimalFromBytes')}(${copy}, ${logical.scale})` : copy
    out.line(js`${target} = ${value}`)
  }

  private symbol(out: Lines, target: Code, resolution: Resolution & { kind: 'enum' }): void {
    const { module } = this
    const symbols = resolution.symbols.map((symbol) => js`${symbol}`)
    const table = module.table(`${unqualified(resolution.writer.name)}Symbols`, js`[${join(symbols, comma)}]`)
    out.line(js`${n} = ${module.helper('readInt')}(b$, ${p})`)
    out.line(js`while (b$[${p}++] > 127);`)
    out.line(js`${target} = ${table}[${n}]`)
    out.line(js`if (${target} === undefined) ${module.helper('badSymbol')}(${n}, ${resolution.writer.name})`)
  }

  private array(out: Lines, target: Code, resolution: Resolution & { kind: 'array' }, demand: Demand): void {
    const items = demand.kind === 'items' ? demand.items : demand.kind === 'length' ? demand : whole
    const inner: Demand = items.kind === 'length' && demand.kind === 'length' ? { kind: 'none' } : items
    const list = this.variable('list')
    const item = this.variable('item')
    out.line(js`const ${list} = []`)
    this.blocks(out, minEncodedSize(resolution.writer.items), () => {
      out.line(js`let ${item}`)
      this.decode(out, item, resolution.items, inner)
      out.line(js`${list}.push(${item})`)
    })
    out.line(js`${target} = ${list}`)
  }

  private map(out: Lines, target: Code, resolution: Resolution & { kind: 'map' }): void {
    const map = this.variable('map')
    const key = this.variable('key')
    const item = this.variable('item')
    out.line(js`const ${map} = Object.create(null)`)
    this.blocks(out, minEncodedSize(resolution.writer.values) + 1, () => {
      readLength(this.module, out, bytes)
      out.line(js`if (${p} + ${n} > end$) ${this.module.helper('endOfData')}()`)
      out.line(js`const ${key} = ${this.module.helper('checkedKey')}(b$, ${p}, ${p} += ${n})`)
      out.line(js`let ${item}`)
      this.decode(out, item, resolution.values, whole)
      out.line(js`${map}[${key}] = ${item}`)
    })
    out.line(js`${target} = ${map}`)
  }

  private blocks(out: Lines, least: number, item: () => void): void {
    out.block(js`for (;;)`, () => {
      blockCount(this.module, out, bytes)
      out.block(js`if (items < 0)`, () => {
        out.line(js`items = -items`)
        readLength(this.module, out, bytes)
      })
      checkCount(this.module, out, bytes, least)
      out.block(js`for (; items > 0; items--)`, () => {
        item()
        out.line(js`if (${p} > end$) ${this.module.helper('endOfData')}()`)
      })
    })
  }

  private record(out: Lines, target: Code, resolution: RecordResolution, demand: Demand): void {
    if (!isRecursive(resolution)) {
      this.recordBody(out, target, resolution, demand)
      return
    }
    out.line(js`${target} = ${this.recursive(resolution)}(b$, v$, ${p}, end$)`)
    out.line(js`${p} = at$`)
  }

  /** A recursive record is decoded whole, by a function of its own. */
  private recursive(resolution: RecordResolution): Name {
    const known = this.#recursive.get(resolution)
    if (known !== undefined) return known
    const name = this.module.uniqueFunction(`decode${unqualified(resolution.reader.name)}`)
    this.#recursive.set(resolution, name)
    const out = new Lines()
    out.block(js`function ${name}(${parameters})`, () => {
      out.line(js`let ${n} = 0`)
      out.line(js`let value`)
      this.recordBody(out, js`value`, resolution, whole)
      out.line(js`at$ = ${p}`)
      out.line(js`return value`)
    })
    this.module.functions.append(out)
    return name
  }

  private recordBody(out: Lines, target: Code, resolution: RecordResolution, demand: Demand): void {
    const members = new Map<string, Code>()
    for (const step of resolution.fields) {
      const wanted = step.action === 'read' ? fieldOf(demand, step.reader.name) : undefined
      if (step.action === 'skip' || wanted === undefined || wanted.kind === 'none') {
        skip(this.module, out, step.field.schema, bytes)
        continue
      }
      const name = this.variable(step.reader.name)
      out.line(js`let ${name}`)
      this.decode(out, name, step.value, wanted)
      members.set(step.reader.name, name)
    }
    for (const missing of resolution.missing) {
      if (fieldOf(demand, missing.field.name).kind === 'none') continue
      const result = defaultValue(missing.field.schema, missing.default.json, this.long)
      if (result.ok) members.set(missing.field.name, constantValue(this.module, result.value))
      else out.line(js`${this.module.helper('unreadable')}(${result.message})`)
    }
    const ordered = resolution.reader.fields.flatMap((field) => {
      const value = members.get(field.name)
      if (value === undefined) return []
      return field.name === '__proto__' ? [js`["__proto__"]: ${value}`] : [js`${field.name}: ${value}`]
    })
    out.line(ordered.length === 0 ? js`${target} = {}` : js`${target} = { ${join(ordered, comma)} }`)
  }
}

function isRecursive(root: RecordResolution): boolean {
  const seen = new Set<Resolution>()
  const reaches = (resolution: Resolution): boolean => {
    if (resolution === root && seen.size > 0) return true
    if (seen.has(resolution)) return false
    seen.add(resolution)
    switch (resolution.kind) {
      case 'record':
        return resolution.fields.some((step) => step.action === 'read' && reaches(step.value))
      case 'array':
        return reaches(resolution.items)
      case 'map':
        return reaches(resolution.values)
      case 'writer-union':
        return resolution.branches.some(reaches)
      case 'reader-union':
        return reaches(resolution.value)
      default:
        return false
    }
  }
  return reaches(root)
}
