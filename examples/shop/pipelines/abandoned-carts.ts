/** Carts that were filled and left: nobody bought within two hours after the last change. */
import { json, pipeline, session, string, topic } from 'millrace'
import { cartChanges, purchases } from './events.js'

export interface Cart {
  /** Quantities, by product. */
  readonly items: Readonly<Record<string, number>>
  /** In cents. */
  readonly worth: number
}

export interface AbandonedCart {
  readonly visitor: string
  /** When it was changed last, ms since the epoch. */
  readonly left: number
  readonly products: readonly string[]
  readonly worth: number
}

export const abandonedCarts = topic('abandoned-carts', { key: string(), value: json<AbandonedCart>() })

export const abandoned = pipeline('abandoned-carts', (p) => {
  p.stream(cartChanges)
    .groupByKey()
    .windowedBy(session('30m', { grace: '5m', emit: 'final' }))
    .aggregate(
      (): Cart => ({ items: {}, worth: 0 }),
      ({ items, worth }, { product, quantity, price }) => ({
        items: { ...items, [product]: (items[product] ?? 0) + quantity },
        worth: worth + quantity * price,
      }),
      { name: 'carts', merge: merged },
    )
    .toStream()
    .mapRecord(({ items, worth }, { key: { key, end } }) => ({
      key,
      value: { visitor: key, left: end, products: inCart(items), worth },
    }))
    .filter((cart) => cart.products.length > 0)
    .leftJoin(p.stream(purchases), (cart, purchase) => ({ ...cart, isBought: purchase !== undefined }), {
      name: 'bought-after',
      within: { before: '0s', after: '2h' },
      grace: '1h',
    })
    .filter((cart) => !cart.isBought)
    .map(({ visitor, left, products, worth }) => ({ visitor, left, products, worth }))
    .to(abandonedCarts)
})

function merged(a: Cart, b: Cart): Cart {
  const items: Record<string, number> = { ...a.items }
  for (const [product, quantity] of Object.entries(b.items)) items[product] = (items[product] ?? 0) + quantity
  return { items, worth: a.worth + b.worth }
}

function inCart(items: Readonly<Record<string, number>>): string[] {
  return Object.entries(items)
    .filter(([, quantity]) => quantity > 0)
    .map(([product]) => product)
    .sort()
}
