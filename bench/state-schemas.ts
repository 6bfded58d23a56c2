import type avro from 'avsc'

/** What a shop knows of a customer: about 80 bytes, of which the join reads two fields. */
export const customerSchema = {
  type: 'record',
  name: 'Customer',
  namespace: 'shop',
  fields: [
    { name: 'customerId', type: 'string' },
    { name: 'name', type: 'string' },
    { name: 'email', type: 'string' },
    { name: 'tier', type: { type: 'enum', name: 'Tier', symbols: ['BRONZE', 'SILVER', 'GOLD'] } },
    { name: 'city', type: 'string' },
    { name: 'since', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'discount', type: 'double' },
  ],
} as const satisfies avro.Schema

export const customerMinuteSchema = {
  type: 'record',
  name: 'CustomerMinute',
  namespace: 'shop',
  fields: [
    { name: 'minute', type: 'long' },
    { name: 'orders', type: 'int' },
    { name: 'total', type: 'double' },
  ],
} as const satisfies avro.Schema

export const zipOrdersSchema = {
  type: 'record',
  name: 'ZipOrders',
  namespace: 'shop',
  fields: [{ name: 'orders', type: 'int' }],
} as const satisfies avro.Schema

export const knownOrderSchema = {
  type: 'record',
  name: 'KnownOrder',
  namespace: 'shop',
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'total', type: 'double' },
    { name: 'name', type: 'string' },
    { name: 'tier', type: { type: 'enum', name: 'Tier', symbols: ['BRONZE', 'SILVER', 'GOLD'] } },
  ],
} as const satisfies avro.Schema
