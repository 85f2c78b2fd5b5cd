import SheafTable

// expected: 'distance'
func wrong(_ group: Group<Flight, Column<String>>) { _ = group.distance }
