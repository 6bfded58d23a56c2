/** What is known of each visitor: one profile, to which views, carts and purchases add. */
import { json, pipeline, string, topic } from 'millrace'
import { cartChanges, purchases, views } from './events.js'

export interface Profile {
  readonly views: number
  /** Views by category. */
  readonly interests: Readonly<Record<string, number>>
  readonly cartChanges: number
  readonly orders: number
  /** In cents. */
  readonly spent: number
  /** ms since the epoch. */
  readonly firstSeen: number
  readonly lastSeen: number
}

export const profiles = topic('profiles', { key: string(), value: json<Profile>() })
export const goodCustomers = topic('good-customers', { key: string(), value: json<GoodCustomer>() })

/** Whom to be nice to. */
export interface GoodCustomer {
  readonly spent: number
  readonly favourite: string
}

/** Cents from which a customer is a good one. */
const good = 50_000

export const profilesPipeline = pipeline('profiles', (p) => {
  const nobody = (): Profile => ({
    views: 0,
    interests: {},
    cartChanges: 0,
    orders: 0,
    spent: 0,
    firstSeen: Infinity,
    lastSeen: 0,
  })
  const known = p
    .stream(views)
    .groupByKey()
    .cogroup(nobody, (profile, { category, at }) => ({
      ...seen(profile, at),
      views: profile.views + 1,
      interests: { ...profile.interests, [category]: (profile.interests[category] ?? 0) + 1 },
    }))
    .add(p.stream(cartChanges).groupByKey(), (profile, { at }) => ({
      ...seen(profile, at),
      cartChanges: profile.cartChanges + 1,
    }))
    .add(p.stream(purchases).groupByKey(), (profile, { total, at }) => ({
      ...seen(profile, at),
      orders: profile.orders + 1,
      spent: profile.spent + total,
    }))
    .aggregate({ name: 'profiles' })
  known.toStream().to(profiles)

  known
    .filter((profile) => profile.spent >= good)
    .map(({ spent, interests }) => ({ spent, favourite: favouriteOf(interests) }))
    .toStream()
    .to(goodCustomers)
})

function seen(profile: Profile, at: number): Profile {
  return { ...profile, firstSeen: Math.min(profile.firstSeen, at), lastSeen: Math.max(profile.lastSeen, at) }
}

/** The most viewed; of equals, the first by name. */
function favouriteOf(interests: Readonly<Record<string, number>>): string {
  const [first] = Object.entries(interests).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  return first?.[0] ?? 'none'
}
