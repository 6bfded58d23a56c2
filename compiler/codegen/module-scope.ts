/** What is declared once in a generated module, on demand: imports, constants, tables, skippers. */
import type { AvroSchema, EnumSchema } from '../../avro/schema.js'
import { isNamed, unqualified } from '../../avro/schema.js'
import type { JsonLongs } from '../../dsl/model/json-longs.js'
import type { ConstantValue, MirProgram } from '../ir/mir.js'
import type { Checked } from '../ir/module-ir.js'
import { comma, join, js, Name, type Code } from './code.js'
import { Lines } from './lines.js'
import { identifier, numbered } from './names.js'

/** Printers of functions that step over values: they need the scope themselves. */
export interface Steppers {
  printSkipper(scope: ModuleScope, name: Name, schema: AvroSchema, counting: boolean): Lines
  printChecker(scope: ModuleScope, name: Name, checked: Checked): Lines
}

export class ModuleScope {
  readonly #helpers = new Set<string>()
  readonly #links = new Set<number>()
  readonly #opaques = new Set<number>()
  readonly #constants = new Map<number, Name>()
  readonly #tables = new Map<string, Name>()
  readonly #skippers = new Map<AvroSchema, Name>()
  readonly #counters = new Map<AvroSchema, Name>()
  readonly #checkers: { readonly checked: Checked; readonly name: Name }[] = []
  #functions = 0
  /** Constants in the order in which they need one another. */
  readonly declarations = new Lines()
  readonly functions = new Lines()

  constructor(
    readonly program: MirProgram,
    private readonly steppers: Steppers,
  ) {}

  /** A function or class of `millrace/runtime`. */
  helper(name: string): Name {
    this.#helpers.add(name)
    return new Name(name)
  }

  get helpers(): readonly string[] {
    return [...this.#helpers].sort()
  }

  link(index: number): Name {
    this.#links.add(index)
    return this.linkName(index)
  }

  linkName(index: number): Name {
    return numbered(this.program.links[index]?.name ?? 'link', index)
  }

  get links(): readonly number[] {
    return [...this.#links].sort((a, b) => a - b)
  }

  opaque(index: number): Name {
    const name = this.opaqueName(index)
    if (!this.#opaques.has(index)) {
      this.#opaques.add(index)
      const captures = this.program.opaques[index]?.captures ?? []
      const args = captures.map((capture) => this.constant(capture.constant))
      this.declarations.line(js`const ${name} = ${this.factoryName(index)}(${join(args, comma)})`)
    }
    return name
  }

  opaqueName(index: number): Name {
    return new Name(`${identifier(this.program.opaques[index]?.name ?? 'lambda')}$o${index}`)
  }

  /** What the residual module exports: a function of the captured values. */
  factoryName(index: number): Name {
    return new Name(`${identifier(this.program.opaques[index]?.name ?? 'lambda')}$m${index}`)
  }

  get opaques(): readonly number[] {
    return [...this.#opaques].sort((a, b) => a - b)
  }

  constant(index: number): Name {
    const known = this.#constants.get(index)
    if (known !== undefined) return known
    const constant = this.program.constants[index]
    if (constant === undefined) throw new Error(`there is no constant ${index}`)
    const name = new Name(`${identifier(constant.name)}$c${index}`)
    // Before what it holds, so that whoever is asked for meanwhile finds it.
    this.#constants.set(index, name)
    const value = this.constantValue(constant.value)
    this.declarations.line(js`const ${name} = ${value}`)
    return name
  }

  private constantValue(value: ConstantValue): Code {
    switch (value.kind) {
      case 'primitive':
        return js`${value.value}`
      case 'date':
        return js`new Date(${value.time})`
      case 'regexp':
        return js`new RegExp(${value.source}, ${value.flags})`
      case 'bytes':
        return js`Uint8Array.from(Buffer.from(${value.base64}, "base64"))`
      case 'array':
        return js`[${this.constantList(value.items)}]`
      case 'set':
        return js`new Set([${this.constantList(value.items)}])`
      case 'map': {
        const entries = value.entries.map(([key, item]) => js`[${this.constant(key)}, ${this.constant(item)}]`)
        return js`new Map([${join(entries, comma)}])`
      }
      case 'object': {
        const members = value.entries.map(([key, item]) => {
          const inner = this.constant(item)
          return key === '__proto__' ? js`["__proto__"]: ${inner}` : js`${key}: ${inner}`
        })
        return js`{ ${join(members, comma)} }`
      }
      case 'link':
        return this.link(value.link)
      case 'opaque':
        return this.opaque(value.opaque)
    }
  }

  private constantList(items: readonly number[]): Code {
    return join(
      items.map((item) => this.constant(item)),
      comma,
    )
  }

  /** A table, declared once. */
  table(prefix: string, value: Code): Name {
    const key = value.toString()
    const known = this.#tables.get(key)
    if (known !== undefined) return known
    const name = new Name(`${identifier(prefix)}$t${this.#tables.size}`)
    this.#tables.set(key, name)
    this.declarations.line(js`const ${name} = ${value}`)
    return name
  }

  symbols(schema: EnumSchema): Name {
    const symbols = schema.symbols.map((symbol) => js`${symbol}`)
    return this.table(`${unqualified(schema.name)}Symbols`, js`[${join(symbols, comma)}]`)
  }

  bytes(bytes: Uint8Array): Name {
    const items = [...bytes].map((byte) => js`${byte}`)
    return this.table('bytes', js`Uint8Array.of(${join(items, comma)})`)
  }

  numbers(prefix: string, numbers: readonly number[]): Name {
    const items = numbers.map((item) => js`${item}`)
    return this.table(prefix, js`[${join(items, comma)}]`)
  }

  /** Where the type of a JSON value has bigints. */
  jsonLongs(longs: JsonLongs): Name {
    const parts = longs.map(({ long, items, values, members }) => {
      const named = members?.map(([name, part]) => js`[${name}, ${part}]`)
      const entries = [
        ...(long === undefined ? [] : [js`long: true`]),
        ...(items === undefined ? [] : [js`items: ${items}`]),
        ...(values === undefined ? [] : [js`values: ${values}`]),
        ...(named === undefined ? [] : [js`members: [${join(named, comma)}]`]),
      ]
      return js`{ ${join(entries, comma)} }`
    })
    return this.table('longs', js`[${join(parts, comma)}]`)
  }

  /** A name for one more function of the module. */
  uniqueFunction(text: string): Name {
    return new Name(`${identifier(text)}$r${this.#functions++}`)
  }

  /** A function that steps over a value, shared by all who meet the type. */
  skipper(schema: AvroSchema): Name {
    return this.stepper(this.#skippers, 'skip', schema, false)
  }

  /** A function that steps over an array and leaves the number of its items in `count$`. */
  countingSkipper(schema: AvroSchema): Name {
    return this.stepper(this.#counters, 'count', schema, true)
  }

  /** A function that steps over an array or map and refuses what is not valid. */
  checker(checked: Checked): Name {
    const { schema, demand, long } = checked
    const found = this.#checkers.find(
      (other) => other.checked.schema === schema && other.checked.demand === demand && other.checked.long === long,
    )
    if (found !== undefined) return found.name
    const name = new Name(`check${identifier(schema.type)}$${this.#checkers.length}`)
    this.#checkers.push({ checked, name })
    this.functions.append(this.steppers.printChecker(this, name, checked))
    return name
  }

  private stepper(known: Map<AvroSchema, Name>, verb: string, schema: AvroSchema, counting: boolean): Name {
    const found = known.get(schema)
    if (found !== undefined) return found
    const type = isNamed(schema) ? unqualified(schema.name) : schema.type
    const name = new Name(`${verb}${identifier(type)}$${known.size}`)
    known.set(schema, name)
    this.functions.append(this.steppers.printSkipper(this, name, schema, counting))
    return name
  }
}
