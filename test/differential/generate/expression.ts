/** Random expressions of a wanted type, as TypeScript text. With no numbers left to choose by, the simplest. */
import type { Chooser } from '../../avro/arbitrary-schema.js'
import { paths, sameKind, type Binding, type Environment } from './environment.js'
import { BOOLEAN, DOUBLE, STRING, typeText, type ValueKind } from './value-kind.js'

export class Expressions {
  readonly #choose: Chooser
  readonly #environment: Environment
  readonly #paths: readonly Binding[]
  #names = 0

  constructor(choose: Chooser, environment: Environment) {
    this.#choose = choose
    this.#environment = environment
    this.#paths = paths(environment)
  }

  of(type: ValueKind, depth: number): string {
    switch (type.kind) {
      case 'number':
        return this.number(depth)
      case 'string':
        return this.string(depth)
      case 'boolean':
        return this.boolean(depth)
      case 'date':
        return this.date(depth)
      case 'enum':
        return this.#path(type) ?? `'${this.#choose.pick(type.symbols)}' as const`
      case 'nullable':
        return this.nullable(type, depth)
      case 'array':
        return this.array(type.items, depth)
      case 'record':
        return this.record(type, depth)
      case 'passed':
        return this.#path(type) ?? 'undefined as never'
    }
  }

  number(depth: number): string {
    const choose = this.#choose
    const path = this.#path(DOUBLE) ?? this.#literalNumber()
    if (depth <= 0) return choose.oneIn(4) ? this.#literalNumber() : path
    const deeper = (): string => this.number(depth - 1)
    switch (choose.below(18)) {
      case 1:
        return `(${deeper()} ${choose.pick(['+', '-', '*', '/', '%'])} ${deeper()})`
      case 2:
        return `Math.${choose.pick(['round', 'floor', 'abs', 'trunc', 'sign'])}(${deeper()})`
      case 3:
        return `Math.${choose.pick(['max', 'min'])}(${deeper()}, ${deeper()})`
      case 4:
        return `${this.string(depth - 1)}.length`
      case 5:
        return `(${this.boolean(depth - 1)} ? ${deeper()} : ${deeper()})`
      case 6:
        return this.#defaulted(DOUBLE, () => deeper()) ?? deeper()
      case 7:
        return this.#arrayNumber(depth) ?? deeper()
      case 8:
        return `${this.date(depth - 1)}.getTime()`
      case 9:
        return `scaled(${deeper()})`
      case 10:
        return `(${deeper()} ${choose.pick(['|', '&', '^', '<<', '>>', '>>>'])} ${choose.below(8)})`
      case 11:
        return this.#environment.context
          ? choose.pick(['ctx.timestamp', 'ctx.partition', 'Number(ctx.offset)'])
          : deeper()
      case 12:
        return `(-${deeper()})`
      case 13:
        return `Number(${this.string(depth - 1)})`
      case 14:
        return `${this.string(depth - 1)}.indexOf(${this.#literalString()})`
      case 15:
        return this.#narrowed(DOUBLE, depth) ?? deeper()
      case 16:
        return `Object.keys(${this.#record() ?? '{}'}).length`
      default:
        return path
    }
  }

  string(depth: number): string {
    const choose = this.#choose
    const path = this.#path(STRING) ?? this.#literalString()
    if (depth <= 0) return choose.oneIn(4) ? this.#literalString() : path
    const deeper = (): string => this.string(depth - 1)
    switch (choose.below(20)) {
      case 1:
        return `\`${choose.pick(['', 'a', '漢', '\\n'])}\${${deeper()}}-\${${this.number(depth - 1)}}\``
      case 2:
        return `${deeper()}.${choose.pick(['toUpperCase', 'toLowerCase', 'trim', 'trimEnd', 'normalize'])}()`
      case 3:
        return `${deeper()}.${choose.pick(['slice', 'substring'])}(${choose.below(3)}, ${choose.below(6)})`
      case 4:
        return `(${deeper()} + ${deeper()})`
      case 5:
        return `(${this.boolean(depth - 1)} ? ${deeper()} : ${deeper()})`
      case 6:
        return this.#defaulted(STRING, () => deeper()) ?? deeper()
      case 7:
        return `String(${this.of(choose.pick([DOUBLE, BOOLEAN]), depth - 1)})`
      case 8:
        return this.#enumPath() ?? deeper()
      case 9:
        return `shout(${deeper()})`
      case 10:
        return `(${deeper()}.split(${this.#literalString()})[0] ?? '')`
      case 11:
        return this.#environment.context
          ? choose.pick(['ctx.topic', "(ctx.headers.text('h') ?? 'none')", 'String(ctx.offset)'])
          : deeper()
      case 12:
        return `${deeper()}.replace(${choose.pick(["'a'", '/[aeiou]/g', "'x'"])}, ${this.#literalString()})`
      case 13:
        return this.#joined(depth) ?? deeper()
      case 14:
        return `${deeper()}.padStart(${choose.below(8)}, '0')`
      case 15:
        return `(${deeper()}.at(${choose.pick(['0', '-1'])}) ?? '')`
      case 16:
        return `${deeper()}.repeat(${choose.below(3)})`
      case 17:
        return this.#narrowed(STRING, depth) ?? deeper()
      case 18:
        return `(${this.date(depth - 1)}.getUTCFullYear() > 2000 ? ${deeper()} : ${this.date(0)}.toJSON() ?? '')`
      case 19:
        return `String(typeof ${this.number(depth - 1)})`
      default:
        return path
    }
  }

  boolean(depth: number): string {
    const choose = this.#choose
    if (depth <= 0) return this.#path(BOOLEAN) ?? choose.pick(['true', 'false'])
    const deeper = (): string => this.boolean(depth - 1)
    switch (choose.below(12)) {
      case 1:
        return `Number(${this.number(depth - 1)}) ${choose.pick(['<', '>=', '>', '<=', '!=='])} ${this.#literalNumber()}`
      case 2:
        // The checker refuses to compare two different literals.
        return `String(${this.string(depth - 1)}) ${choose.pick(['===', '!==', '<'])} ${this.string(depth - 1)}`
      case 3:
        return `(${deeper()} ${choose.pick(['&&', '||'])} ${deeper()})`
      case 4:
        return `!${this.#path(BOOLEAN) ?? `(${deeper()})`}`
      case 5:
        return `${this.string(depth - 1)}.${choose.pick(['includes', 'startsWith', 'endsWith'])}(${this.#literalString()})`
      case 6:
        return this.#nullTest() ?? deeper()
      case 7:
        return this.#someItem(depth) ?? deeper()
      case 8:
        return this.#enumTest() ?? deeper()
      case 9:
        return `isBig(${this.number(depth - 1)})`
      case 10:
        return `limits.includes(${this.number(depth - 1)})`
      case 11:
        return `Number.isInteger(${this.number(depth - 1)})`
      default:
        return this.#path(BOOLEAN) ?? `${this.number(0)} > ${this.#literalNumber()}`
    }
  }

  date(depth: number): string {
    const path = this.#path({ kind: 'date' })
    if (path !== undefined && !this.#choose.oneIn(4)) return path
    return `new Date(${depth > 0 ? `Math.trunc(${this.number(depth - 1)})` : '1000'})`
  }

  nullable(type: Extract<ValueKind, { kind: 'nullable' }>, depth: number): string {
    const direct = this.#pathsOf(type).filter(({ text }) => !text.includes('?.'))
    if (direct.length > 0 && !this.#choose.oneIn(3)) return this.#choose.pick(direct).text
    if (this.#choose.oneIn(3)) return 'null'
    const value = this.of(type.inner, depth - 1)
    return this.#choose.oneIn(2) ? `(${this.boolean(depth - 1)} ? ${value} : null)` : value
  }

  array(items: ValueKind, depth: number): string {
    const type: ValueKind = { kind: 'array', items }
    const path = this.#path(type)
    if (path !== undefined) {
      switch (this.#choose.below(5)) {
        case 1:
          return `${path}.slice(${this.#choose.below(2)})`
        case 2:
          return `[...${path}, ${this.of(items, 0)}]`
        case 3:
          return `${path}.filter((_, i) => i % 2 === 0)`
        case 4:
          return `${path}.toReversed()`
        default:
          return path
      }
    }
    const made = Array.from({ length: this.#choose.below(3) }, () => this.of(items, depth - 1))
    return made.length === 0 ? `([] as readonly (${typeText(items)})[])` : `[${made.join(', ')}]`
  }

  record(type: Extract<ValueKind, { kind: 'record' }>, depth: number): string {
    const path = this.#path(type)
    if (path !== undefined && !this.#choose.oneIn(3)) return path
    const members = type.fields.map((field) => {
      const overridden = path === undefined || this.#choose.oneIn(2)
      return overridden && field.type.kind !== 'passed' ? `${field.name}: ${this.of(field.type, depth - 1)}` : undefined
    })
    const own = members.filter((member) => member !== undefined)
    return `{ ${[...(path === undefined ? [] : [`...${path}`]), ...own].join(', ')} }`
  }

  #pathsOf(type: ValueKind): readonly Binding[] {
    return this.#paths.filter((binding) => sameKind(binding.type, type))
  }

  #path(type: ValueKind): string | undefined {
    const all = this.#pathsOf(type)
    const own = all.filter((binding) => !this.#environment.captured.includes(binding))
    const candidates = own.length === 0 || this.#choose.oneIn(5) ? all : own
    return candidates.length === 0 ? undefined : this.#choose.pick(candidates).text
  }

  /** `path ?? fallback` of a nullable value. */
  #defaulted(type: ValueKind, fallback: () => string): string | undefined {
    const path = this.#path({ kind: 'nullable', inner: type })
    return path === undefined ? undefined : `(${path} ?? ${fallback()})`
  }

  /** `path === null ? … : …` with what is behind the test. */
  #narrowed(type: ValueKind, depth: number): string | undefined {
    const candidates = this.#paths.filter((path) => path.type.kind === 'nullable' && !path.text.includes('?.'))
    if (candidates.length === 0) return undefined
    const { text, type: found } = this.#choose.pick(candidates)
    if (found.kind !== 'nullable') return undefined
    const bindings = [{ text, type: found.inner }, ...this.#environment.bindings]
    const inner = new Expressions(this.#choose, { ...this.#environment, bindings })
    return `(${text} === null ? ${type.kind === 'string' ? "'none'" : '-1'} : ${inner.of(type, depth - 1)})`
  }

  /** A record, whole or with a field set anew. */
  #record(): string | undefined {
    const candidates = this.#paths.filter((path) => path.type.kind === 'record')
    if (candidates.length === 0) return undefined
    const { text } = this.#choose.pick(candidates)
    return this.#choose.oneIn(2) ? `{ ...${text}, more: 1 }` : text
  }

  #nullTest(): string | undefined {
    const candidates = this.#paths.filter(({ type }) => type.kind === 'nullable')
    if (candidates.length === 0) return undefined
    const { text } = this.#choose.pick(candidates)
    return this.#choose.pick([`${text} != null`, `${text} == null`, `(${text} ?? undefined) === undefined`])
  }

  #enums(): { readonly text: string; readonly symbols: readonly string[] }[] {
    return this.#paths.flatMap(({ text, type }) => (type.kind === 'enum' ? [{ text, symbols: type.symbols }] : []))
  }

  #enumPath(): string | undefined {
    const candidates = this.#enums()
    return candidates.length === 0 ? undefined : this.#choose.pick(candidates).text
  }

  #enumTest(): string | undefined {
    const candidates = this.#enums()
    if (candidates.length === 0) return undefined
    const { text, symbols } = this.#choose.pick(candidates)
    return `${text} ${this.#choose.pick(['===', '!=='])} '${this.#choose.pick(symbols)}'`
  }

  #arrays(): readonly { readonly text: string; readonly items: ValueKind }[] {
    return this.#paths.flatMap(({ text, type }) => (type.kind === 'array' ? [{ text, items: type.items }] : []))
  }

  #arrayNumber(depth: number): string | undefined {
    const arrays = this.#arrays()
    if (arrays.length === 0) return undefined
    const { text, items } = this.#choose.pick(arrays)
    if (this.#choose.oneIn(2)) return `${text}.length`
    const [item, inner] = this.#item(items)
    if (this.#choose.oneIn(4)) return `${text}.map((${item}) => ${inner.string(1)}).length`
    if (this.#choose.oneIn(4)) return `${text}.filter((${item}) => ${inner.boolean(1)}).length`
    if (this.#choose.oneIn(4)) return `${text}.findIndex((${item}) => ${inner.boolean(1)})`
    return `${text}.reduce((sum, ${item}) => sum + ${inner.number(Math.min(1, depth - 1))}, 0)`
  }

  #someItem(depth: number): string | undefined {
    const arrays = this.#arrays()
    if (arrays.length === 0) return undefined
    const { text, items } = this.#choose.pick(arrays)
    const [item, inner] = this.#item(items)
    return `${text}.${this.#choose.pick(['some', 'every'])}((${item}) => ${inner.boolean(Math.min(1, depth - 1))})`
  }

  #joined(depth: number): string | undefined {
    const arrays = this.#arrays()
    if (arrays.length === 0) return undefined
    const { text, items } = this.#choose.pick(arrays)
    const [item, inner] = this.#item(items)
    return `${text}.map((${item}) => ${inner.string(Math.min(1, depth - 1))}).join('|')`
  }

  /** Expressions inside a callback on the items of an array. */
  #item(items: ValueKind): [string, Expressions] {
    const name = `item${++this.#names}`
    const bindings = [{ text: name, type: items }, ...this.#environment.bindings]
    return [name, new Expressions(this.#choose, { ...this.#environment, bindings })]
  }

  #literalNumber(): string {
    return this.#choose.pick(['0', '1', '100', '2.5', '1e21', '0.1'])
  }

  #literalString(): string {
    return this.#choose.pick(["'a'", "''", "'zürich'", "'\\u0000'", "'hello'"])
  }
}
