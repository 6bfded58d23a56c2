/** Subjects for type tests, as `millrace schema pull` would write them. */
export interface TypedOrder {
  readonly id: string
  readonly status: 'NEW' | 'PAID' | 'CANCELLED'
  readonly amount: number
  readonly createdAt: Date
  readonly coupon: string | null
}
export interface TypedCustomer {
  readonly id: string
  readonly name: string
}

declare module '../../dsl/index.js' {
  interface Subjects {
    'typed-orders-value': TypedOrder
    'typed-customers-value': TypedCustomer
    'typed-clicks-key': bigint
    'typed-clicks-value': { readonly page: string; readonly product: string | null }
  }
}
