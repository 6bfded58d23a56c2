/** What visitors of the shop do. All topics have the visitor as key, and the time of the deed as event time. */
import { json, string, topic } from 'millrace'

interface Event {
  readonly visitor: string
  /** ms since the epoch. */
  readonly at: number
}

export interface View extends Event {
  readonly product: string
  readonly category: string
}

export interface CartChange extends Event {
  readonly product: string
  /** Below 0: taken out again. */
  readonly quantity: number
  /** In cents, of one. */
  readonly price: number
}

export interface Purchase extends Event {
  readonly order: string
  readonly products: readonly string[]
  /** In cents. */
  readonly total: number
}

/** A click on an advertisement that leads to the shop. */
export interface Click extends Event {
  readonly campaign: string
}

const at = (event: Event) => event.at

export const views = topic('views', { key: string(), value: json<View>(), timestamp: at })
export const cartChanges = topic('cart-changes', { key: string(), value: json<CartChange>(), timestamp: at })
export const purchases = topic('purchases', { key: string(), value: json<Purchase>(), timestamp: at })
export const clicks = topic('ad-clicks', { key: string(), value: json<Click>(), timestamp: at })
