import { json, keyValueStore, listStore, pipeline, topic } from '../../../dsl/index.js'

export interface Transfer {
  readonly account: bigint
  readonly cents: bigint
  readonly rate: number
}

export interface Statement {
  readonly cents: readonly bigint[]
  readonly total: bigint
}

export const transfers = topic('transfers', { key: json<{ id: bigint }>(), value: json<Transfer>() })
export const statements = topic('statements', { key: json<bigint>(), value: json<Statement>() })
export const totals = topic('totals', { key: json<bigint>(), value: json<bigint>() })

export const booking = pipeline('booking', (p) => {
  const byAccount = p.stream(transfers).selectKey((transfer) => transfer.account)
  byAccount
    .process(
      {
        stores: {
          past: listStore({ value: json<bigint>() }),
          last: keyValueStore({ key: json<bigint>(), value: json<Transfer>() }),
        },
        *process(transfer, ctx, { stores }) {
          stores.past.add(transfer.cents)
          stores.last.set(transfer.account, transfer)
          const cents = stores.past.get()
          yield { key: ctx.key, value: { cents, total: cents.reduce((sum, each) => sum + each, 0n) } }
        },
      },
      { name: 'book' },
    )
    .to(statements)
  byAccount
    .groupByKey()
    .aggregate(
      () => 0n,
      (sum, { cents }) => sum + cents,
      { name: 'sums' },
    )
    .toStream()
    .to(totals)
})
