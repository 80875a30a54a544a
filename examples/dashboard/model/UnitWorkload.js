// Workload of units by year: the view unit_workload.
cube(`UnitWorkload`, {
  sql: `SELECT * FROM kota.unit_workload`,

  measures: {
    units: { type: `count`, title: `Units` },
    required: { sql: `required`, type: `sum`, title: `Staff required` },
    existing: { sql: `existing`, type: `sum`, title: `Staff there` },
    // required / existing, as everywhere: above 1 is short of people
    ratio: { sql: `round(${required} / nullif(${existing}, 0), 2)`, type: `number`, title: `Workload ratio` },
    unitsShort: { type: `count`, filters: [{ sql: `${CUBE}.situation = 'short of people'` }], title: `Units short of people` }
  },

  dimensions: {
    key: { sql: `${CUBE}.unit_id || '/' || ${CUBE}.year`, type: `string`, primaryKey: true },
    unit: { sql: `unit_name`, type: `string`, title: `Unit` },
    kind: { sql: `unit_kind`, type: `string`, title: `Kind of unit` },
    year: { sql: `year`, type: `number`, title: `Year` },
    grade: { sql: `efficiency`, type: `string`, title: `Efficiency grade (PU)` },
    situation: { sql: `situation`, type: `string`, title: `Situation` }
  }
});
