/** Which campaign earned what: a purchase counts for the last click of its buyer within seven days before it. */
import { json, pipeline, string, topic } from 'millrace'
import { clicks, purchases } from './events.js'

/** A purchase and a click that may have led to it. */
export interface Attributed {
  readonly order: string
  readonly campaign: string
  readonly clicked: number
  readonly total: number
}

export interface Earned {
  readonly orders: number
  /** In cents. */
  readonly revenue: number
}

export interface Campaign {
  readonly name: string
  /** In cents. */
  readonly cost: number
}

export interface CampaignResult extends Earned {
  readonly campaign: string
  readonly profit: number
}

/** Keys are ids of campaigns. */
export const campaigns = topic('campaigns', { key: string(), value: json<Campaign>() })
export const campaignResults = topic('campaign-results', { key: string(), value: json<CampaignResult>() })

export const attribution = pipeline('attribution', (p) => {
  const lastClicks = p
    .stream(clicks)
    .join(
      p.stream(purchases),
      ({ campaign, at }, { order, total }): Attributed => ({ order, campaign, clicked: at, total }),
      { name: 'clicked-before', within: { before: '0s', after: '7d' }, grace: '1h' },
    )
    .groupBy((attributed) => attributed.order, { name: 'by-order' })
    .reduce((last, other) => (other.clicked >= last.clicked ? other : last), { name: 'last-clicks' })

  // When a later click turns up, the order moves: it is taken from one campaign and added to the other.
  const earned = lastClicks
    .groupBy(({ campaign, total }) => ({ key: campaign, value: total }), { name: 'by-campaign' })
    .aggregate(
      (): Earned => ({ orders: 0, revenue: 0 }),
      ({ orders, revenue }, total) => ({ orders: orders + 1, revenue: revenue + total }),
      ({ orders, revenue }, total) => ({ orders: orders - 1, revenue: revenue - total }),
      { name: 'earned' },
    )

  p.table(campaigns, { name: 'campaigns' })
    .leftJoin(earned, ({ name, cost }, all) => ({
      campaign: name,
      orders: all?.orders ?? 0,
      revenue: all?.revenue ?? 0,
      profit: (all?.revenue ?? 0) - cost,
    }))
    .toStream()
    .filter((result): result is CampaignResult => result !== null)
    .to(campaignResults)
})
