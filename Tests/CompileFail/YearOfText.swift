import SheafTable

// expected: 'CalendarColumnValue'
func wrong(_ flight: Columns<Flight>) { _ = flight.carrier.truncated(to: .year) }
