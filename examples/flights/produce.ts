/**
 * Writes the month of flights to topic `flights` with kafkajs and its registry client, as any other service would: the
 * first half of the month in version 1 of the schema, the rest in version 2, and a few broken records among them.
 */
import registryPackage from '@kafkajs/confluent-schema-registry'
import kafkajs, { type Message } from 'kafkajs'
import { numberOrNull, scheduledInstant, type Row } from './flights-csv.js'

export interface Produced {
  readonly records: number
  /** Records that the pipeline must send to its dead-letter topic. */
  readonly broken: number
}

export interface ProduceTarget {
  readonly brokers: readonly string[]
  readonly registryUrl: string
}

/** Day of January from which the topic has records of version 2. */
const secondVersionFrom = 16
const batchSize = 2000

export async function produceFlights({ brokers, registryUrl }: ProduceTarget, rows: readonly Row[]): Promise<Produced> {
  const registry = new registryPackage.SchemaRegistry({ host: registryUrl })
  const first = await registry.getRegistryId('flights-value', 1)
  const second = await registry.getRegistryId('flights-value', 2)
  const producer = new kafkajs.Kafka({
    clientId: 'flights-producer',
    brokers: [...brokers],
    logLevel: kafkajs.logLevel.ERROR,
  }).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner, idempotent: true })
  await producer.connect()
  try {
    const messages: Message[] = []
    for (const row of rows) messages.push(await message(row, registry, first, second))
    const broken = breakSome(messages)
    for (let at = 0; at < messages.length; at += batchSize) {
      await producer.send({ topic: 'flights', messages: messages.slice(at, at + batchSize) })
    }
    return { records: messages.length, broken }
  } finally {
    await producer.disconnect()
  }
}

async function message(
  row: Row,
  registry: InstanceType<typeof registryPackage.SchemaRegistry>,
  first: number,
  second: number,
): Promise<Message> {
  const flight = {
    timeHour: Date.parse(row.time_hour),
    minute: Number(row.minute),
    depTime: numberOrNull(row.dep_time),
    schedDepTime: Number(row.sched_dep_time),
    arrTime: numberOrNull(row.arr_time),
    schedArrTime: Number(row.sched_arr_time),
    carrier: row.carrier,
    flight: Number(row.flight),
    tailnum: row.tailnum === 'NA' ? null : row.tailnum,
    origin: row.origin,
    dest: row.dest,
    airTime: numberOrNull(row.air_time),
    distance: Number(row.distance),
  }
  const value =
    Number(row.day) < secondVersionFrom
      ? await registry.encode(first, flight)
      : await registry.encode(second, { ...flight, reportedBy: 'AIRLINE' })
  return { key: flight.tailnum, value, timestamp: String(scheduledInstant(row)) }
}

/** Adds records that no pipeline can use: wrong magic byte, truncated Avro, no value at all. Returns how many. */
function breakSome(messages: Message[]): number {
  const whole = messages[0]?.value
  if (!Buffer.isBuffer(whole)) throw new Error('no flights to produce')
  const broken: Message[] = [
    { key: 'broken-magic', value: Buffer.concat([Buffer.from([7]), whole.subarray(1)]) },
    { key: 'broken-truncated', value: whole.subarray(0, 12) },
    { key: 'broken-null', value: null },
  ]
  broken.forEach((record, i) => messages.splice(1000 * (i + 1), 0, record))
  return broken.length
}
