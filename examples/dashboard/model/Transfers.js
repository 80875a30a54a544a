// Transfers by state, kind and unit: the view transfer_status.
cube(`Transfers`, {
  sql: `SELECT * FROM kota.transfer_status`,

  measures: {
    transfers: { type: `count`, title: `Transfers` },
    open: { type: `count`, filters: [{ sql: `${CUBE}.is_open` }], title: `Under way` },
    meanScore: { sql: `score`, type: `avg`, title: `Mean score of those decided` }
  },

  dimensions: {
    transferId: { sql: `transfer_id`, type: `number`, primaryKey: true },
    state: { sql: `state`, type: `string`, title: `State` },
    kind: { sql: `kind`, type: `string`, title: `Kind` },
    fromUnit: { sql: `from_unit`, type: `string`, title: `From unit` },
    toUnit: { sql: `to_unit`, type: `string`, title: `To unit` },
    effectiveOn: { sql: `effective_on::timestamptz`, type: `time`, title: `First day in the new post` }
  }
});
