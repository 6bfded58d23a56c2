/** The pipelines of the shop on visitors of a seed, against what is computed of the same events without millrace. */
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { campaigns } from '../../examples/shop/catalogue.js'
import { Expected } from '../../examples/shop/expected.js'
import { generateShop, type ShopEvent } from '../../examples/shop/generate.js'
import { abandoned, abandonedCarts } from '../../examples/shop/pipelines/abandoned-carts.js'
import * as attributed from '../../examples/shop/pipelines/attribution.js'
import { cartChanges, clicks, purchases, views } from '../../examples/shop/pipelines/events.js'
import { goodCustomers, profiles, profilesPipeline } from '../../examples/shop/pipelines/profiles.js'
import {
  recommendations,
  recommendationsPipeline,
  seenTogether,
} from '../../examples/shop/pipelines/recommendations.js'
import compiledAbandoned from '../../generated/shop/abandoned-carts.js'
import compiledAttribution from '../../generated/shop/attribution.js'
import compiledProfiles from '../../generated/shop/profiles.js'
import compiledRecommendations from '../../generated/shop/recommendations.js'
import { byText } from './support/by-text.js'

type Driver = ReturnType<typeof testDriver>
type Form = Parameters<typeof testDriver>[0]

const events = generateShop({ seed: 7, visitors: 60, days: 4 })
const expected = new Expected(events)

/** Visits long after, on every partition, which end those before them. */
const after = Date.UTC(2026, 1, 1)
const closing = Array.from({ length: 20 }, (_, i) => ({ visitor: `closing-${i}`, at: after }))

function open(form: Form): Driver {
  return testDriver(form, { partitions: 3, commits: 'manual' })
}

/** Sends what the pipeline reads, and starts it again in between. */
function sendAll(driver: Driver, kinds: readonly ShopEvent['kind'][]): void {
  for (const [i, each] of events.entries()) {
    if (i === Math.floor(events.length / 2)) {
      driver.commit()
      driver.restart()
    }
    if (!kinds.includes(each.kind)) continue
    switch (each.kind) {
      case 'view':
        driver.input(views).send({ key: each.event.visitor, value: each.event })
        break
      case 'cart-change':
        driver.input(cartChanges).send({ key: each.event.visitor, value: each.event })
        break
      case 'purchase':
        driver.input(purchases).send({ key: each.event.visitor, value: each.event })
        break
      case 'click':
        driver.input(clicks).send({ key: each.event.visitor, value: each.event })
    }
  }
  driver.commit()
}

const lastOf = <V>(records: readonly { readonly key: string | null; readonly value: V }[]): Record<string, V> =>
  Object.fromEntries(records.map(({ key, value }) => [key ?? '', value]))

describe.each([
  ['interpreted', profilesPipeline, recommendationsPipeline, attributed.attribution, abandoned],
  ['compiled', compiledProfiles, compiledRecommendations, compiledAttribution, compiledAbandoned],
] as const)('shop example, %s', (_, profilesForm, recommendationsForm, attributionForm, abandonedForm) => {
  it('knows what each visitor did', () => {
    using driver = open(profilesForm)
    sendAll(driver, ['view', 'cart-change', 'purchase'])
    const wanted = expected.profiles()
    expect(lastOf(driver.output(profiles).readAll())).toEqual(wanted)
    const good = Object.keys(wanted).filter((visitor) => (wanted[visitor]?.spent ?? 0) >= 50_000)
    expect(good.length).toBeGreaterThan(0)
    expect(Object.keys(lastOf(driver.output(goodCustomers).readAll())).sort()).toEqual(good.sort())
  })

  it('recommends what others looked at in the same visit', () => {
    using driver = open(recommendationsForm)
    sendAll(driver, ['view'])
    const send = (value: { visitor: string; at: number; product: string }) => {
      driver.input(views).send({ key: value.visitor, value: { ...value, category: 'none' } })
    }
    for (const visitor of closing) send({ ...visitor, product: 'none' })
    driver.commit()
    const together = expected.seenTogether()
    const counted = Object.entries(lastOf(driver.output(seenTogether).readAll()))
    expect(Object.fromEntries(counted.map(([product, { others }]) => [product, others]))).toEqual(together)

    driver.output(recommendations).readAll()
    const looking = Object.keys(together).map((product, i) => ({ visitor: `late-${i}`, at: after + 1, product }))
    for (const view of looking) send(view)
    driver.commit()
    expect(byText(driver.output(recommendations).readValues())).toEqual(
      byText(looking.map(({ visitor, product }) => ({ visitor, product, others: expected.recommended(product) }))),
    )
  })

  it('knows what campaigns earned', () => {
    using driver = open(attributionForm)
    driver.input(attributed.campaigns).sendAll([...campaigns].map(([key, value]) => ({ key, value })))
    sendAll(driver, ['click', 'purchase'])
    const wanted = expected.campaignResults(campaigns)
    expect(wanted['search']?.orders).toBeGreaterThan(2)
    expect(lastOf(driver.output(attributed.campaignResults).readAll())).toEqual(wanted)
  })

  it('finds carts that were left', () => {
    using driver = open(abandonedForm)
    sendAll(driver, ['cart-change', 'purchase'])
    for (const { visitor, at } of closing) {
      driver.input(cartChanges).send({ key: visitor, value: { visitor, at, product: 'none', quantity: 1, price: 1 } })
      const order = { order: visitor, products: [], total: 0 }
      driver.input(purchases).send({ key: visitor, value: { visitor, at, ...order } })
    }
    driver.commit()
    const wanted = expected.abandonedCarts()
    expect(wanted.length).toBeGreaterThan(5)
    expect(byText(driver.output(abandonedCarts).readValues())).toEqual(byText(wanted))
  })
})
