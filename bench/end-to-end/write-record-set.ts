import { KafkaClient } from '../../runtime/kafka/client.js'
import { api, KafkaProtocolError } from '../../runtime/kafka/protocol/index.js'
import { BatchCursor, stampAppended } from '../../runtime/kafka/record-batch/index.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'

/** Writes every batch of a record set to every partition of a topic. Offsets in the record set are cleared. */
export async function writeRecordSet(
  brokers: string,
  topic: string,
  partitions: number,
  recordSet: Buffer,
): Promise<void> {
  const client = new KafkaClient(new KafkajsTransport({ brokers: brokers.split(','), clientId: 'bench' }))
  try {
    await client.refresh([topic])
    for (let partition = 0; partition < partitions; partition++) {
      await writePartition(client, topic, partition, recordSet)
    }
  } finally {
    await client.close()
  }
}

/** The same to one partition, by a client that knows the topic. */
export async function writePartition(
  client: KafkaClient,
  topic: string,
  partition: number,
  recordSet: Buffer,
): Promise<void> {
  for (const { bytes } of new BatchCursor(recordSet)) {
    stampAppended(bytes, { baseOffset: 0, partitionLeaderEpoch: -1 })
    await produce(client, topic, partition, bytes)
  }
}

async function produce(client: KafkaClient, topic: string, partition: number, batch: Buffer): Promise<void> {
  const { responses } = await client.request(client.leader(topic, partition) ?? -1, 'produce', api.Produce, {
    acks: -1,
    timeoutMs: 10_000,
    topicData: [{ name: topic, partitionData: [{ index: partition, records: batch }] }],
  })
  const errorCode = responses[0]?.partitionResponses[0]?.errorCode ?? 0
  if (errorCode !== 0) throw new KafkaProtocolError(errorCode, `produce to ${topic}-${partition}`)
}
