/** What the shop sells, and how it advertises. */
import type { Campaign } from './pipelines/attribution.js'

export interface Product {
  readonly id: string
  readonly category: string
  /** In cents. */
  readonly price: number
}

export const categories = ['books', 'games', 'garden', 'kitchen', 'music', 'shoes'] as const

/** Eight of each category; the first ones are cheap and, see the generator, popular. */
export const products: readonly Product[] = categories.flatMap((category) =>
  Array.from({ length: 8 }, (_, i) => ({ id: `${category}-${i + 1}`, category, price: 500 + i * i * 400 })),
)

export const campaigns: ReadonlyMap<string, Campaign> = new Map([
  ['search', { name: 'Search engine', cost: 40_000 }],
  ['mail', { name: 'Newsletter', cost: 5_000 }],
  ['social', { name: 'Social network', cost: 80_000 }],
  ['poster', { name: 'Posters, which nobody can click', cost: 20_000 }],
])
