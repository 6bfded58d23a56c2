/**
 * What demand analysis knows of a value: where it comes from, and hence what using a part of it demands of the input.
 */
import { lengthOnly, none, presence, unite, whole, type Demand } from '../ir/demand.js'
import type { RecordTypes, ValueType } from '../ir/value-type.js'

export interface AbstractValue {
  use(demand: Demand): void
  member(name: string): AbstractValue
  /** Any item of it, as an array. */
  item(): AbstractValue
  /** Whether using it is only a look at what kind of thing it is. */
  readonly type: ValueType | undefined
}

/** The demand of one input, as it grows. */
export class Root {
  demand: Demand = none
}

/** A part of an input. */
export class Place implements AbstractValue {
  constructor(
    readonly root: Root,
    readonly type: ValueType | undefined,
    private readonly wrap: (demand: Demand) => Demand = (demand) => demand,
  ) {}

  use(demand: Demand): void {
    if (demand.kind !== 'none') this.root.demand = unite(this.root.demand, this.wrap(demand))
  }

  member(name: string): AbstractValue {
    return this.named(name, undefined)
  }

  named(name: string, type: ValueType | undefined): AbstractValue {
    return new Place(this.root, type, (demand) => this.wrap({ kind: 'fields', fields: new Map([[name, demand]]) }))
  }

  item(): AbstractValue {
    return new Place(this.root, undefined, (demand) => this.wrap({ kind: 'items', items: demand }))
  }
}

/** A value that no longer has to do with an input, or all of whose inputs are demanded already. */
export const settledValue: AbstractValue = {
  type: undefined,
  use() {
    return undefined
  },
  member: () => settledValue,
  item: () => settledValue,
}

/** One of several. */
export class Choice implements AbstractValue {
  constructor(
    readonly options: readonly AbstractValue[],
    readonly type: ValueType | undefined,
  ) {}
  use(demand: Demand): void {
    for (const option of this.options) option.use(demand)
  }
  member(name: string): AbstractValue {
    return new Choice(
      this.options.map((option) => option.member(name)),
      undefined,
    )
  }
  item(): AbstractValue {
    return new Choice(
      this.options.map((option) => option.item()),
      undefined,
    )
  }
}

/** Made when it is looked at: an expression without effects demands nothing while nobody wants its value. */
export class Lazy implements AbstractValue {
  #value: AbstractValue | undefined
  constructor(
    private readonly make: () => AbstractValue,
    readonly type: ValueType | undefined,
  ) {}
  get value(): AbstractValue {
    return (this.#value ??= this.make())
  }
  use(demand: Demand): void {
    if (demand.kind !== 'none') this.value.use(demand)
  }
  member(name: string): AbstractValue {
    return new Lazy(() => this.value.member(name), undefined)
  }
  item(): AbstractValue {
    return new Lazy(() => this.value.item(), undefined)
  }
}

export type ObjectPart =
  | { readonly kind: 'property'; readonly name: string; readonly value: AbstractValue }
  | { readonly kind: 'spread'; readonly value: AbstractValue }

/** An object literal. */
export class ObjectValue implements AbstractValue {
  constructor(
    readonly parts: readonly ObjectPart[],
    readonly type: ValueType | undefined,
    private readonly recordTypes: RecordTypes,
  ) {}

  member(name: string): AbstractValue {
    const options: AbstractValue[] = []
    for (const part of this.parts.toReversed()) {
      if (part.kind === 'spread') options.push(part.value.member(name))
      else if (part.name === name) {
        options.push(part.value)
        break
      }
    }
    const [only] = options
    return options.length === 1 && only !== undefined ? only : new Choice(options, undefined)
  }

  item(): AbstractValue {
    this.use(whole)
    return settledValue
  }

  use(demand: Demand): void {
    if (demand.kind === 'none' || demand.kind === 'presence') return
    if (demand.kind === 'fields') {
      for (const [name, inner] of demand.fields) this.member(name).use(inner)
      return
    }
    const own = new Set<string>()
    for (const part of this.parts.toReversed()) {
      if (part.kind === 'spread') this.useSpread(part.value, own)
      else {
        if (!own.has(part.name)) part.value.use(whole)
        own.add(part.name)
      }
    }
  }

  /** All of a spread record but what is overridden behind it. */
  private useSpread(value: AbstractValue, overridden: ReadonlySet<string>): void {
    const fields = value.type?.kind === 'record' ? this.recordTypes.get(value.type.name)?.fields : undefined
    if (fields === undefined) {
      value.use(whole)
      return
    }
    for (const field of fields) if (!overridden.has(field.name)) value.member(field.name).use(whole)
  }
}

/** An array whose items are all alike to us. */
export class ArrayValue implements AbstractValue {
  constructor(
    readonly source: AbstractValue | undefined,
    private readonly items: readonly AbstractValue[],
    readonly type: ValueType | undefined,
  ) {}
  use(demand: Demand): void {
    if (demand.kind === 'none' || demand.kind === 'presence') return
    this.source?.use(lengthOnly)
    if (demand.kind === 'length') return
    this.item().use(demand.kind === 'items' ? demand.items : whole)
  }
  member(): AbstractValue {
    this.use(whole)
    return settledValue
  }
  item(): AbstractValue {
    return new Choice(this.items, undefined)
  }
}

/** A look at whether something is there: of scalars that is their value, of anything else its presence. */
export function test(value: AbstractValue, type: ValueType | undefined): void {
  value.use(isStructure(type) ? presence : whole)
}

function isStructure(type: ValueType | undefined): boolean {
  if (type === undefined) return false
  if (type.kind === 'union') {
    return type.types.every((option) => option.kind === 'null' || option.kind === 'undefined' || isStructure(option))
  }
  return type.kind === 'record' || type.kind === 'array' || type.kind === 'map' || type.kind === 'date'
}
