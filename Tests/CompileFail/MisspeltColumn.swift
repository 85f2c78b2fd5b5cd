import SheafTable

// expected: has no dynamic member 'dpeDelay'
func wrong(_ flights: Table<Flight>) { _ = flights.sorted { [$0.dpeDelay.ascending] } }
