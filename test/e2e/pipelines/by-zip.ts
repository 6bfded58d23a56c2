/** Two operators that need one stream repartitioned and share its topic, both with state. */
import { json, pipeline, string, topic } from '../../../dsl/index.js'

export interface Parcel {
  readonly id: number
  readonly zip: string
}

export const towns = topic('towns', { key: string(), value: json<string>() })
export const parcels = topic('parcels', { key: string(), value: json<Parcel>() })
export const perZip = topic('per-zip', { key: string(), value: json<number>() })
export const withTown = topic('with-town', { key: string(), value: json<Parcel & { readonly town: string | null }>() })

export const byZip = pipeline('by-zip', (p) => {
  const moved = p.stream(parcels).selectKey((parcel) => parcel.zip)
  moved.groupByKey({ name: 'counted' }).count({ name: 'per-zip' }).toStream().to(perZip)
  moved
    .leftJoin(p.table(towns, { name: 'towns' }), (parcel, town) => ({ ...parcel, town: town ?? null }), {
      name: 'named',
    })
    .to(withTown)
})
