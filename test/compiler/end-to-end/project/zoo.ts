/**
 * Lambdas that went wrong in compilers before, ours among them. The same functions run here as they are, and compiled in
 * a pipeline: name capture, evaluation order, `var`, early returns, precedence, spreads, patterns with defaults.
 */
export interface Item {
  readonly sku: string
  readonly qty: number
  readonly price: number
}
export interface Address {
  readonly country: string
  readonly city: string
  readonly zip: string | null
}
export interface Order {
  readonly id: string
  readonly status: 'NEW' | 'PAID' | 'CANCELLED'
  readonly amount: number
  readonly coupon: string | null
  readonly note: string | null
  readonly flag: boolean
  readonly at: Date
  readonly address: Address
  readonly shipping: Address | null
  readonly items: readonly Item[]
  readonly tags: Readonly<Record<string, string>>
  readonly rating: number | null
}

const fee = 2.5
let calls = 0
const rates = new Map([['CH', 0.081]])

function tax(amount: number, country: string): number {
  const rate = rates.get(country)
  if (rate === undefined) return 0
  return Math.round(amount * rate * 100) / 100
}

function describe(order: Order): string {
  return `${order.id}/${order.address.city}`
}

function counted(order: Order): number {
  calls += 1
  return calls > 0 ? order.amount : 0
}

function recursive(n: number): number {
  return n <= 1 ? 1 : n * recursive(n - 1)
}

let state = 0
function advance(): void {
  state += 1
}

class Box {
  constructor(public value: string) {}
  get shown(): string {
    return `<${this.value}>`
  }
}

export const zoo: Readonly<Record<string, (o: Order) => unknown>> = {
  whole: (o) => o,
  scalar: (o) => o.amount,
  nullScalar: (o) => o.coupon,
  literal: (o) => ({ id: o.id, amount: o.amount }),
  nested: (o) => ({ a: { b: { city: o.address.city } } }),
  spread: (o) => ({ ...o, amount: o.amount + 1 }),
  spreadFirst: (o) => ({ extra: 0, ...o }),
  spreadTwice: (o) => ({ ...o.address, ...(o.shipping ?? {}) }),
  spreadLocal: (o) => {
    const base = { a: o.id, b: 1 }
    return { ...base, b: o.amount }
  },
  early: (o) => {
    if (o.status === 'NEW') return 'new'
    if (o.status === 'PAID') return { paid: o.amount }
    return null
  },
  earlyInLoop: (o) => {
    for (const item of o.items) {
      if (item.qty > 1) return item.sku
    }
    return 'none'
  },
  sameShape: (o) => {
    if (o.amount > 100) return { size: 'big', amount: o.amount }
    return { size: 'small', amount: -o.amount }
  },
  varInBody: (o) => {
    var z
    if (o.amount > 100) z = 'big'
    return { z: z ?? 'none' }
  },
  letInLoop: (o) => {
    const out: string[] = []
    for (const item of o.items) {
      let mark
      if (item.qty > 1) mark = 'many'
      out.push(`${item.sku}:${mark ?? 'one'}`)
    }
    return out
  },
  capture: (o) => {
    const amount = o.amount * 2
    const f = (amount: number) => amount + 1
    return f(amount) + amount
  },
  shadow: (o) => {
    const id = o.id
    const inner = () => {
      const id = 'inner'
      return id
    }
    return [id, inner(), id]
  },
  order: (o) => {
    let n = 0
    const next = () => ++n
    return { b: next(), a: next(), sum: next() + next() * 10, id: o.id }
  },
  parallel: (o) => {
    let a = o.amount
    let b = 1
    const t = a
    a = b
    b = t
    return { a, b }
  },
  precedence: (o) => {
    const n = -o.amount
    return [2 - n, 2 ** 3, (-2) ** 2, -(o.amount + 1), o.amount - (o.amount - 1), (o.amount, 5)]
  },
  nullish: (o) => o.coupon ?? o.note ?? 'neither',
  mixed: (o) => ((o.flag && o.coupon) || o.id) ?? 'x',
  optional: (o) => o.shipping?.city,
  optionalDeep: (o) => o.shipping?.zip?.length ?? -1,
  optionalOr: (o) => (o.shipping ?? o.address).country,
  narrowed: (o) => (o.shipping === null ? 'home' : o.shipping.city + o.shipping.country),
  patterns: ({ id, address: { city: town, zip = 'zz' }, rating = 3 }) => ({ id, town, zip, rating }),
  patternDefault: (o) => {
    const { zip = 'none' } = o.shipping ?? { zip: undefined }
    return zip
  },
  rest: ({ id, ...others }) => Object.keys(others).length + id.length,
  template: (o) => `${o.id}-${o.amount}-${o.coupon}-${o.flag}`,
  templateNested: (o) => `a${`b${o.id}`}c\`\${}`,
  strings: (o) => o.id.toUpperCase().slice(1).padStart(5, '.') + o.address.city.length,
  compare: (o) => [o.id === 'a', o.id !== 'a', o.status === 'PAID', o.coupon === null, o.coupon != null, o.id < 'b'],
  unicode: (o) => [o.address.city === 'Zürich', o.note === '', o.id === 'ä'],
  numbers: (o) => [o.amount % 7, o.amount | 0, ~~o.amount, Math.max(o.amount, 3), Number.isInteger(o.amount), +o.flag],
  dates: (o) => [o.at.getTime(), new Date(o.at.getTime() + 60_000), o.at.toISOString()],
  dateOnly: (o) => ({ at: new Date(o.at.getTime() + 1), later: new Date(NaN) > o.at }),
  arrays: (o) => o.items.filter((i) => i.qty > 1).map((i) => ({ s: i.sku, v: i.qty * i.price })),
  arrayLength: (o) => o.items.length,
  arraySome: (o) => o.items.some(({ qty }) => qty === 2),
  arrayReduce: (o) => o.items.reduce((sum, i) => sum + i.qty * i.price, 0),
  arraySpread: (o) => [...o.items.map((i) => i.sku), 'end'],
  arrayIndex: (o) => o.items[0]?.sku ?? null,
  mapEntry: (o) => [o.tags['k'] ?? null, 'k' in o.tags, Object.keys(o.tags).length],
  helper: (o) => tax(o.amount, o.address.country),
  helperRecord: (o) => describe(o),
  helperEffect: (o) => counted(o) + fee,
  helperRecursive: (o) => recursive(Math.trunc(Math.abs(o.amount)) % 6),
  helperInTest: (o) =>
    tax(o.amount, 'CH') > 10 && describe(o).length > 3 ? tax(1, 'CH') : [tax(o.amount, 'XX'), describe(o)],
  whileLoop: (o) => {
    let n = Math.trunc(Math.abs(o.amount)) % 50
    let steps = 0
    while (n > 0) {
      if (steps > 20) break
      if (n % 2 === 0) {
        n /= 2
        steps++
        continue
      }
      n -= 1
      steps += 10
    }
    return { n, steps }
  },
  forLoop: (o) => {
    let sum = 0
    for (let i = 0; i < o.items.length; i++) sum += o.items[i]?.qty ?? 0
    return sum
  },
  switched: (o) => {
    switch (o.status) {
      case 'NEW':
        return 1
      case 'PAID':
        return 2
      default:
        return 3
    }
  },
  tryCatch: (o) => {
    try {
      return JSON.parse(o.id) as unknown
    } catch {
      return 'bad'
    } finally {
      calls += 1
    }
  },
  dropped: (o) => {
    const unused = o.items.length > 1 ? describe(o) : o.note
    void unused
    return o.id
  },
  classes: (o) => new Box(o.id).shown,
  labelled: (o) => {
    outer: for (const a of o.items) {
      for (const b of o.items) {
        if (a.sku !== b.sku) continue outer
        if (a.qty > 5) break outer
      }
    }
    return o.items.length
  },
  regexp: (o) => [/^[a-c]$/.test(o.id), o.address.city.replace(/r/g, 'R')],
  undefinedMember: (o) => ({ a: undefined, b: o.id }),
  booleans: (o) => [!o.flag, !!o.coupon, !o.shipping, !o.rating, typeof o.rating, typeof o.shipping],
  mutated: (o) => {
    const list: number[] = []
    const box = { total: 0 }
    for (const item of o.items) {
      list.push(item.qty)
      box.total += item.qty
    }
    return { list, total: box.total }
  },
  readBeforeChange: (o) => {
    const box = { n: 1, list: [1] }
    const before = box.n
    const length = box.list.length
    box.n = 5
    box.list.push(2)
    return { before, length, after: box.n, id: o.id }
  },
  moduleState: (o) => {
    const before = state
    advance()
    const after = state
    return { advanced: after > before, id: o.id }
  },
  conditionalObject: (o) => (o.flag ? { a: 1, b: o.id } : { a: 2, b: o.address.city }),
  computed: (o) => ({ [o.id]: o.amount, ['x' + o.id]: 1 }),
  protoKey: (o) => ({ ['__proto__']: 1, id: o.id }),
  arrow: (o) =>
    (
      (x: number) => (y: number) =>
        x + y
    )(o.amount)(1),
  json: (o) => JSON.stringify({ a: o.items, b: o.tags }),
  bigints: (o) => String(BigInt(Math.trunc(o.amount)) * 3n),
  nan: (o) => [Number.isNaN(o.amount / 0), Object.is(-0, o.amount * 0), isNaN(o.amount)],
}

/** These throw for some orders. */
export const throwing: Readonly<Record<string, (o: Order) => unknown>> = {
  thrown: (o) => {
    if (o.amount < 0) throw new Error(`negative ${o.id}`)
    return o.amount
  },
  throwingUnused: (o) => {
    const unused = o.amount < 0 ? JSON.parse('{') : 1
    void unused
    return 'ok'
  },
  narrowedByForce: (o) => o.shipping!.city,
  unreadByForce: (o) => {
    const unused = o.shipping!.city
    void unused
    return 1
  },
  unreadProperty: (o) => ({ a: 1, b: recursive(o.items[0]!.qty) }).a,
}

export const orders: readonly Order[] = [
  {
    id: 'a',
    status: 'NEW',
    amount: 12.5,
    coupon: null,
    note: '',
    flag: true,
    at: new Date(1_700_000_000_123),
    address: { country: 'CH', city: 'Zürich', zip: null },
    shipping: null,
    items: [],
    tags: {},
    rating: null,
  },
  {
    id: 'bb',
    status: 'PAID',
    amount: 250,
    coupon: 'X1',
    note: null,
    flag: false,
    at: new Date(0),
    address: { country: 'AT', city: 'Wien', zip: '1010' },
    shipping: { country: 'DE', city: 'Ulm', zip: '89073' },
    items: [
      { sku: 's1', qty: 2, price: 10 },
      { sku: 's2', qty: 0, price: 230 },
    ],
    tags: { k: 'v', other: 'wörter' },
    rating: 4.5,
  },
  {
    id: 'ä€𝄞 and a text that is longer than any short cut',
    status: 'CANCELLED',
    amount: -3,
    coupon: '',
    note: 'n',
    flag: true,
    at: new Date(-1),
    address: { country: 'CH', city: '', zip: '' },
    shipping: { country: 'CH', city: 'Bern', zip: null },
    items: [{ sku: 'only', qty: 7, price: 0.1 }],
    tags: { k: '' },
    rating: 0,
  },
]
