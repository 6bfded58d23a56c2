import avro from 'avsc'
import { buildBatch } from '../runtime/kafka/record-batch/index.js'
import { customerKey, frame } from './orders.js'
import { Random } from './random.js'
import { customerSchema } from './state-schemas.js'

/** Every customer once, keyed by its id: a record set of offsets from 0 on, all of the time `timestamp`. */
export function generateCustomers(schemaId: number, count: number, timestamp: number): Buffer {
  const random = new Random(11)
  const type = avro.Type.forSchema(customerSchema)
  const batches: Buffer[] = []
  for (let from = 0; from < count; from += 1000) {
    const records = Array.from({ length: Math.min(1000, count - from) }, (_, i) => {
      const customerId = customerKey(from + i)
      const name = `${random.pick(['Ada', 'Grace', 'Edsger', 'Barbara'])} ${random.pick(['Jones', 'Núñez', 'Kowalski'])}`
      const value = {
        customerId,
        name,
        email: `${random.hex(10)}@example.com`,
        tier: random.pick(['BRONZE', 'SILVER', 'GOLD']),
        city: random.pick(['Berlin', 'Paris', 'New York', 'Zürich']),
        since: timestamp - random.below(100_000) * 60_000,
        discount: random.below(30) / 100,
      }
      return { timestamp, key: Buffer.from(customerId), value: frame(schemaId, type.toBuffer(value)) }
    })
    batches.push(buildBatch(records, { baseOffset: from }))
  }
  return Buffer.concat(batches)
}
