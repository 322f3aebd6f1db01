const format = new Intl.NumberFormat('en-IE', {
  style: 'currency',
  currency: 'EUR',
  minimumFractionDigits: 0,
  maximumFractionDigits: 2,
});

/** An amount in euros as the shop writes it. */
export function euros(amount: number): string {
  return format.format(amount);
}
