/** What the pipelines must have written once all visits are over, from the events with nothing of millrace. */
import type { ShopEvent } from './generate.js'
import type { AbandonedCart } from './pipelines/abandoned-carts.js'
import type { Campaign, CampaignResult } from './pipelines/attribution.js'
import type { CartChange, Click, Purchase, View } from './pipelines/events.js'
import type { Profile } from './pipelines/profiles.js'

const minute = 60_000
const gap = 30 * minute

export class Expected {
  readonly views: readonly View[]
  readonly carts: readonly CartChange[]
  readonly purchases: readonly Purchase[]
  readonly clicks: readonly Click[]

  constructor(events: readonly ShopEvent[]) {
    this.views = events.flatMap((each) => (each.kind === 'view' ? [each.event] : []))
    this.carts = events.flatMap((each) => (each.kind === 'cart-change' ? [each.event] : []))
    this.purchases = events.flatMap((each) => (each.kind === 'purchase' ? [each.event] : []))
    this.clicks = events.flatMap((each) => (each.kind === 'click' ? [each.event] : []))
  }

  profiles(): Record<string, Profile> {
    const all = [...this.views, ...this.carts, ...this.purchases]
    return mapGroups(all, (visitor, events) => {
      const [views, carts, bought] = [this.views, this.carts, this.purchases].map((each) =>
        each.filter((event) => event.visitor === visitor),
      ) as [View[], CartChange[], Purchase[]]
      return {
        views: views.length,
        interests: mapValues(
          groupBy(views, (view) => view.category),
          (of) => of.length,
        ),
        cartChanges: carts.length,
        orders: bought.length,
        spent: sum(bought.map((purchase) => purchase.total)),
        firstSeen: Math.min(...events.map((event) => event.at)),
        lastSeen: Math.max(...events.map((event) => event.at)),
      }
    })
  }

  /** How often other products were looked at in a visit that has the product. */
  seenTogether(): Record<string, Record<string, number>> {
    const together: Record<string, Record<string, number>> = {}
    for (const visit of sessionsOf(this.views)) {
      const different = new Set(visit.map((view) => view.product))
      for (const product of different) {
        for (const other of different) {
          if (other === product) continue
          const others = (together[product] ??= {})
          others[other] = (others[other] ?? 0) + 1
        }
      }
    }
    return together
  }

  /** The five that were seen most often with it. */
  recommended(product: string): string[] {
    const others = Object.entries(this.seenTogether()[product] ?? {})
    const byName = others.sort(([a], [b]) => (a < b ? -1 : 1))
    return byName
      .sort(([, n], [, m]) => m - n)
      .slice(0, 5)
      .map(([other]) => other)
  }

  campaignResults(campaigns: ReadonlyMap<string, Campaign>): Record<string, CampaignResult> {
    const earned = this.purchases.flatMap(({ visitor, at, total }) => {
      const before = this.clicks.filter(
        (click) => click.visitor === visitor && click.at <= at && click.at >= at - 7 * 24 * 60 * minute,
      )
      const last = before.sort((a, b) => a.at - b.at).at(-1)
      return last === undefined ? [] : [{ campaign: last.campaign, total }]
    })
    return Object.fromEntries(
      [...campaigns].map(([id, { name, cost }]) => {
        const totals = earned.filter(({ campaign }) => campaign === id).map(({ total }) => total)
        const revenue = sum(totals)
        return [id, { campaign: name, orders: totals.length, revenue, profit: revenue - cost }]
      }),
    )
  }

  abandonedCarts(): AbandonedCart[] {
    return sessionsOf(this.carts).flatMap((changes) => {
      const [{ visitor } = { visitor: '' }] = changes
      const left = Math.max(...changes.map((change) => change.at))
      const quantities = mapValues(
        groupBy(changes, (change) => change.product),
        (of) => sum(of.map((each) => each.quantity)),
      )
      const products = Object.keys(quantities)
        .filter((product) => (quantities[product] ?? 0) > 0)
        .sort()
      const isBought = this.purchases.some(
        (purchase) => purchase.visitor === visitor && purchase.at >= left && purchase.at <= left + 120 * minute,
      )
      const worth = sum(changes.map(({ quantity, price }) => quantity * price))
      return isBought || products.length === 0 ? [] : [{ visitor, left, products, worth }]
    })
  }
}

/** Events of a visitor with at most half an hour between one and the next. */
function sessionsOf<E extends { readonly visitor: string; readonly at: number }>(events: readonly E[]): E[][] {
  return [...groupBy(events, (event) => event.visitor).values()].flatMap((own) => {
    const sorted = own.toSorted((a, b) => a.at - b.at)
    const begins = sorted.flatMap((event, i) => (i === 0 || event.at - (sorted[i - 1]?.at ?? 0) > gap ? [i] : []))
    return begins.map((from, i) => sorted.slice(from, begins[i + 1]))
  })
}

function mapGroups<E extends { readonly visitor: string }, R>(
  events: readonly E[],
  make: (visitor: string, events: readonly E[]) => R,
): Record<string, R> {
  const groups = groupBy(events, (event) => event.visitor)
  return Object.fromEntries([...groups].map(([visitor, own]) => [visitor, make(visitor, own)]))
}

function mapValues<E, R>(
  groups: ReadonlyMap<string, readonly E[]>,
  make: (events: readonly E[]) => R,
): Record<string, R> {
  return Object.fromEntries([...groups].map(([key, events]) => [key, make(events)]))
}

function groupBy<E>(events: readonly E[], keyOf: (event: E) => string): Map<string, E[]> {
  const groups = new Map<string, E[]>()
  for (const event of events) {
    const own = groups.get(keyOf(event))
    if (own === undefined) groups.set(keyOf(event), [event])
    else own.push(event)
  }
  return groups
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0)
}
