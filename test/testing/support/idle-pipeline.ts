/** Windows that close when no input comes; run interpreted, and compiled from its text. */
import { double, pipeline, string, topic, tumbling } from '../../../dsl/index.js'

export const words = topic('words', { key: string(), value: string() })
export const counts = topic('counts', { key: string(), value: double() })

export const late = topic('late', { key: string(), value: string() })

export const idle = pipeline('idle', (p) => {
  const minutes = p
    .stream(words)
    .groupByKey()
    .windowedBy(tumbling('1m', { grace: '10s', emit: 'final', idle: { closeAfter: '5s' } }))
  minutes.late.to(late)
  minutes
    .count({ name: 'per-minute' })
    .toStream()
    .selectKey((_, ctx) => `${ctx.key.key}@${ctx.key.start}`)
    .to(counts)
})
