/** Counts visits by visitor and by page and hour; run interpreted, and compiled from its text. */
import { json, pipeline, string, topic, tumbling } from '../../../dsl/index.js'

export interface Visit {
  readonly visitor: string
  readonly page: string
}

export const visits = topic('visits', { key: string(), value: json<Visit>() })
export const visitors = topic('visitors', { key: string(), value: json<number>() })
export const lastPages = topic('last-pages', { key: string(), value: json<Visit>() })

export const counting = pipeline('counting', (p) => {
  const all = p.stream(visits)
  const byPage = all
    .groupBy((visit) => visit.page, { name: 'by-page' })
    .windowedBy(tumbling('1h', { grace: '5m' }))
    .count({ name: 'per-hour' })
  byPage
    .toStream()
    .filter((n) => n < 0)
    .map(() => 0)
    .selectKey(() => 'never')
    .to(visitors)
  const perVisitor = all
    .filter((visit) => {
      if (visit.page === '/broken') throw new RangeError('broken page')
      return true
    })
    .groupByKey()
    .count({ name: 'per-visitor' })
  perVisitor.toStream().to(visitors)
  all
    .groupByKey()
    .reduce((_, visit) => visit, { name: 'last-page' })
    .toStream()
    .to(lastPages)
})
