print("zkmlops")
