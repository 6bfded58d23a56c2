/** What flights are joined with: three small reference tables, written as JSON. */
import { json, string, topic } from 'millrace'

export interface Airline {
  readonly name: string
}

export interface Plane {
  readonly manufacturer: string
  readonly model: string
  readonly seats: number
}

export interface Airport {
  readonly name: string
  readonly zone: string
}

/** Keys are codes of carriers. */
export const airlines = topic('airlines', { key: string(), value: json<Airline>() })
/** Keys are tail numbers. */
export const planes = topic('planes', { key: string(), value: json<Plane>() })
/** Keys are the codes of the FAA. */
export const airports = topic('airports', { key: string(), value: json<Airport>() })
