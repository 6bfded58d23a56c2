import avro from 'avsc'
import { frame, orderSchema, webOrderSchema } from './orders.js'

/** What a kafkajs handler gets, and what it sends, as far as the pipeline needs it. */
export interface KafkajsMessage {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly timestamp: string
}

interface Order {
  readonly orderId: string
  readonly customerId: string
  readonly channel: string
  readonly total: number
}

/** The benchmarks' pipeline as people write it by hand today: avsc, and closures over the arrays of `eachBatch`. */
export function kafkajsPipeline(webOrderId: number): (messages: readonly KafkajsMessage[]) => KafkajsMessage[] {
  const orderType = avro.Type.forSchema(orderSchema)
  const webOrderType = avro.Type.forSchema(webOrderSchema)
  return (messages) =>
    messages
      .flatMap((message) =>
        message.value === null ? [] : { message, order: orderType.fromBuffer(message.value.subarray(5)) as Order },
      )
      .filter(({ order }) => order.channel === 'web')
      .map(({ message, order: { orderId, customerId, total } }) => ({
        message,
        webOrder: { orderId, customerId, total },
      }))
      .map(({ message, webOrder }) => ({
        key: message.key,
        timestamp: message.timestamp,
        value: frame(webOrderId, webOrderType.toBuffer(webOrder)),
      }))
}
