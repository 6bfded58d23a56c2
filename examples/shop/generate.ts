/**
 * Visitors as shops have them, from a seed: each has categories that it cares for and comes back now and then. A visit may
 * begin with a click on an advertisement; it is a row of views, some of which fill a cart; some carts are bought.
 */
import { products, type Product } from './catalogue.js'
import type { CartChange, Click, Purchase, View } from './pipelines/events.js'
import { Random } from './random.js'

export type ShopEvent =
  | { readonly kind: 'view'; readonly event: View }
  | { readonly kind: 'cart-change'; readonly event: CartChange }
  | { readonly kind: 'purchase'; readonly event: Purchase }
  | { readonly kind: 'click'; readonly event: Click }

export interface ShopOptions {
  readonly seed: number
  readonly visitors: number
  readonly days: number
}

export const begin = Date.UTC(2026, 0, 5)
const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute

/** In order of their arrival: up to half a minute behind event time. */
export function generateShop({ seed, visitors, days }: ShopOptions): ShopEvent[] {
  const random = new Random(seed)
  const events = Array.from({ length: visitors }, (_, i) => visitorOf(random, `v${i}`, days)).flat()
  return events
    .map((event) => ({ event, arrival: event.event.at + random.between(0, 30 * second) }))
    .sort((a, b) => a.arrival - b.arrival)
    .map(({ event }) => event)
}

function visitorOf(random: Random, visitor: string, days: number): ShopEvent[] {
  const [first, other] = [random.pick(products).category, random.pick(products).category]
  // Cared for twice as much as the other one.
  const interests = [first, first, other]
  const visits = random.between(1, days)
  return Array.from({ length: visits }, () => {
    const from = begin + random.between(0, days * day - 1)
    return new Visit(random, visitor, interests, from).events()
  }).flat()
}

class Visit {
  readonly #random: Random
  readonly #visitor: string
  readonly #interests: readonly string[]
  readonly #events: ShopEvent[] = []
  readonly #cart = new Map<Product, number>()
  #at: number

  constructor(random: Random, visitor: string, interests: readonly string[], at: number) {
    this.#random = random
    this.#visitor = visitor
    this.#interests = interests
    this.#at = at
  }

  events(): readonly ShopEvent[] {
    const random = this.#random
    if (random.chance(0.3)) {
      const campaign = random.pick(['search', 'search', 'mail', 'social'])
      this.#events.push({ kind: 'click', event: { ...this.#now(0), campaign } })
    }
    for (let left = random.between(1, 9); left > 0; left--) this.#view()
    if (this.#cart.size > 0 && random.chance(0.5)) this.#buy()
    return this.#events
  }

  #view(): void {
    const random = this.#random
    const category = random.pick(this.#interests)
    const ofCategory = products.filter((product) => product.category === category)
    // The lower of two draws: the first products of a category are looked at most.
    const drawn = Math.min(random.between(0, ofCategory.length - 1), random.between(0, ofCategory.length - 1))
    const product = ofCategory[drawn] ?? random.pick(products)
    this.#events.push({ kind: 'view', event: { ...this.#now(240), product: product.id, category } })
    if (random.chance(0.25)) this.#change(product, random.between(1, 2))
    else if (this.#cart.has(product) && random.chance(0.5)) this.#change(product, -(this.#cart.get(product) ?? 0))
  }

  #change(product: Product, quantity: number): void {
    const now = (this.#cart.get(product) ?? 0) + quantity
    if (now > 0) this.#cart.set(product, now)
    else this.#cart.delete(product)
    const change = { product: product.id, quantity, price: product.price }
    this.#events.push({ kind: 'cart-change', event: { ...this.#now(30), ...change } })
  }

  #buy(): void {
    const bought = [...this.#cart]
    const now = this.#now(600)
    const total = bought.reduce((sum, [product, quantity]) => sum + quantity * product.price, 0)
    const order = `${this.#visitor}@${now.at}`
    this.#events.push({
      kind: 'purchase',
      event: { ...now, order, products: bought.map(([product]) => product.id), total },
    })
  }

  /** Some time after what was before. */
  #now(seconds: number): { readonly visitor: string; readonly at: number } {
    this.#at += this.#random.between(1, 1 + seconds) * second
    return { visitor: this.#visitor, at: this.#at }
  }
}
