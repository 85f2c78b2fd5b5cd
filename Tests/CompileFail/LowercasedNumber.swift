import SheafTable

// expected: lowercased
func wrong(_ flight: Columns<Flight>) { _ = flight.distance.lowercased }
