import avro from 'avsc'
import { buildBatch, type CompressionType } from '../runtime/kafka/record-batch/index.js'
import { Random } from './random.js'

/** What a shop's order looks like: 14 fields, about 270 bytes, of which the benchmark's pipeline reads four. */
export const orderSchema = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'customerId', type: 'string' },
    {
      name: 'status',
      type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED'] },
    },
    { name: 'channel', type: 'string' },
    { name: 'currency', type: 'string' },
    { name: 'createdAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'updatedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'discount', type: 'double' },
    { name: 'couponCode', type: ['null', 'string'] },
    {
      name: 'items',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Item',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'quantity', type: 'int' },
            { name: 'price', type: 'double' },
            { name: 'title', type: 'string' },
          ],
        },
      },
    },
    { name: 'attributes', type: { type: 'map', values: 'string' } },
    {
      name: 'shipTo',
      type: {
        type: 'record',
        name: 'Address',
        fields: [
          { name: 'street', type: 'string' },
          { name: 'city', type: 'string' },
          { name: 'zip', type: 'string' },
          { name: 'country', type: 'string' },
          { name: 'latitude', type: 'double' },
          { name: 'longitude', type: 'double' },
        ],
      },
    },
    { name: 'priority', type: 'boolean' },
    { name: 'total', type: 'double' },
  ],
} as const satisfies avro.Schema

/** What the pipeline writes. */
export const webOrderSchema = {
  type: 'record',
  name: 'WebOrder',
  namespace: 'shop',
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'customerId', type: 'string' },
    { name: 'total', type: 'double' },
  ],
} as const satisfies avro.Schema

const cities = ['Berlin', 'Paris', 'New York', 'Zürich', 'São Paulo', 'London', 'Amsterdam', 'Rome', 'Madrid', 'Wien']
const titles = ['USB-C cable 2m', 'Mechanical keyboard', 'Desk lamp', 'Notebook A5 ruled']
const streets = ['Main Street', 'High Street', 'Bahnhofstrasse', 'Rue de Rivoli']

/** How many different ones there are of what the benchmarks group by. */
export interface Variety {
  readonly customers: number
  readonly zips: number
}

const everywhere: Variety = { customers: 1_000_000, zips: 89_999 }

export const customerKey = (number: number): string => `customer-${String(number).padStart(7, '0')}`

function order(random: Random, createdAt: number, { customers, zips }: Variety = everywhere) {
  return {
    orderId: `o-${random.hex(16)}`,
    customerId: customerKey(random.below(customers)),
    status: random.pick(['NEW', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED']),
    channel: random.pick(['web', 'app', 'web', 'store']),
    currency: random.pick(['EUR', 'USD', 'GBP']),
    createdAt,
    updatedAt: createdAt + random.below(1_000_000),
    discount: random.below(100) / 10,
    couponCode: random.below(3) === 0 ? `SAVE${random.below(100)}` : null,
    items: Array.from({ length: 1 + random.below(4) }, () => ({
      sku: `SKU-${100_000 + random.below(899_999)}`,
      quantity: 1 + random.below(9),
      price: random.below(100_000) / 100,
      title: random.pick(titles),
    })),
    attributes: {
      source: random.pick(['google', 'direct', 'newsletter']),
      device: random.pick(['ios', 'android', 'desktop']),
      session: random.hex(12),
    },
    shipTo: {
      street: `${random.below(300)} ${random.pick(streets)}`,
      city: random.pick(cities),
      zip: String(10_000 + random.below(zips)),
      country: random.pick(['DE', 'FR', 'US', 'CH', 'BR']),
      latitude: random.below(1_000_000) / 10_000,
      longitude: random.below(1_000_000) / 10_000,
    },
    priority: random.below(2) === 0,
    total: random.below(1_000_000) / 100,
  }
}

export interface Orders {
  /** Record batches back to back, as a Fetch response holds them. */
  readonly recordSet: Buffer
  readonly records: number
  /** How many of them the pipeline lets through. */
  readonly passed: number
  /** Average size of a value, framing included. */
  readonly valueBytes: number
}

/** Orders in the wire format of a registry, under schema id `schemaId`, keyed by customer. */
export function generateOrders(
  schemaId: number,
  count: number,
  recordsPerBatch: number,
  compression: CompressionType = 'none',
  seed = 42,
): Orders {
  const random = new Random(seed)
  const type = avro.Type.forSchema(orderSchema)
  const start = Date.UTC(2026, 0, 1)
  const batches: Buffer[] = []
  let valueBytes = 0
  let passed = 0
  for (let from = 0; from < count; from += recordsPerBatch) {
    const length = Math.min(recordsPerBatch, count - from)
    const records = Array.from({ length }, (_, i) => {
      const timestamp = start + (from + i) * 7
      const record = order(random, timestamp)
      const value = frame(schemaId, type.toBuffer(record))
      valueBytes += value.length
      if (record.channel === 'web') passed++
      return { timestamp, key: Buffer.from(record.customerId), value }
    })
    batches.push(buildBatch(records, { baseOffset: from, compression }))
  }
  return { recordSet: Buffer.concat(batches), records: count, passed, valueBytes: valueBytes / count }
}

/** Values alone; the last eight bytes of each are its `total`. */
export function sampleValues(schemaId: number, count: number): Buffer[] {
  const random = new Random(7)
  const type = avro.Type.forSchema(orderSchema)
  return Array.from({ length: count }, () => frame(schemaId, type.toBuffer(order(random, Date.UTC(2026, 0, 1)))))
}

/**
 * Orders of a few customers and zip codes from `start` on, `perMs` of them a ms, in batches of 1000; offsets from
 * `firstOffset` on.
 */
export function generateBusyOrders(
  schemaId: number,
  count: number,
  variety: Variety,
  { firstOffset, start, perMs }: { readonly firstOffset: number; readonly start: number; readonly perMs: number },
): Buffer {
  const random = new Random(42 + firstOffset)
  const type = avro.Type.forSchema(orderSchema)
  const batches: Buffer[] = []
  for (let from = 0; from < count; from += 1000) {
    const records = Array.from({ length: Math.min(1000, count - from) }, (_, i) => {
      const timestamp = start + Math.floor((from + i) / perMs)
      const record = order(random, timestamp, variety)
      return { timestamp, key: Buffer.from(record.customerId), value: frame(schemaId, type.toBuffer(record)) }
    })
    batches.push(buildBatch(records, { baseOffset: firstOffset + from }))
  }
  return Buffer.concat(batches)
}

/** Magic byte and schema id, then the datum. */
export function frame(schemaId: number, datum: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(5 + datum.length)
  framed[0] = 0
  framed.writeInt32BE(schemaId, 1)
  datum.copy(framed, 5)
  return framed
}
