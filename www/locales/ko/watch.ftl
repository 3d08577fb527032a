## 실행 중에 보이는 것: 링크 위의 점.

run-next = 다음 이벤트
run-next-hint = 다음 경보, 용량 변경, 장애까지 시뮬레이션
dots-one = = 요청 1건
dots-many = = 요청 { $count }건
dots-failed = 실패
dots-hint = 점 하나가 이만큼의 요청입니다. 얼마나 많이 어디로 흐르는지 보여 줍니다. 걸린 시간은 지연 시간 차트에 있습니다.

## 차트: 더 많은 선, 표, 파일.

chart-p95 = p95
chart-p99-high = p99, 95% 신뢰 구간의 위쪽 끝
chart-p99-low = p99, 95% 신뢰 구간의 아래쪽 끝
chart-min = 최소
chart-max = 최대
chart-errors = 원인별 초당 실패
chart-no-backend = 받을 서버 없음
chart-queue-full = 대기열 가득 참
chart-connect-failed = 죽은 서버
chart-reset = 처리 중 서버가 죽음
chart-timeout = 기다리다 포기
chart-connection-timeout = 연결을 얻지 못함
chart-server-error = 서버 오류
chart-queue = 대기 중과 처리 중
chart-queued = 대기 중
chart-in-flight = 처리 중
chart-cost = 시간당 비용
chart-hourly = 시간당
chart-time = 시각
chart-toggle = 이 선을 보이거나 숨깁니다
chart-as-table = { $title }: 표로 보기
chart-as-csv = { $title }: 모든 점을 CSV 파일로
chart-as-json = { $title }: 모든 점을 JSON 파일로
charts-whole = 전체 실행 보기

## 안내 투어.

run-tour = 투어
run-tour-hint = 이 설계를 처음부터 안내합니다. 볼 것이 있을 때마다 멈춥니다
tour-label = 안내 투어
tour-place = { $count }단계 중 { $number }단계
tour-next = 다음
tour-done = 마침
tour-wait = 지켜보세요…
tour-end = 투어 끝내기
tour-1 = 인터넷에서 요청이 들어옵니다. 모든 요청은 먼저 로드 밸런서로 갑니다. 움직이는 점 하나가 몇 건인지는 범례에 있습니다.
tour-2 = 로드 밸런서는 요청마다 Auto Scaling 그룹의 정상 서버 하나를 골라 넘깁니다. 칩 하나가 서버 한 대입니다. 채워진 높이는 CPU, 숫자는 처리 중인 요청 수입니다.
tour-3 = 사람이 몰렸습니다. 평균 CPU가 경보의 임곗값을 정해진 기간 동안 넘었습니다.
tour-4 = 그래서 경보가 ALARM 상태가 되고, 그룹에 서버 수를 바꾸라는 신호를 보냅니다.
tour-5 = 그룹이 스스로 서버를 시작합니다. 부팅에 1분 넘게 걸립니다. 그동안은 다른 서버들이 버티고, 지연 시간에 그것이 보입니다.
tour-6 = 새 서버가 상태 확인을 통과했습니다. 이제야 로드 밸런서가 목록에 넣고 요청을 보냅니다.
tour-7 = 부하가 나뉘어 CPU와 지연 시간이 내려가고 경보는 다시 OK입니다. 계속 재생해 밤을 보거나, 서버를 죽이고 지켜보세요.
tour-plain-1 = 요청은 여기서 나옵니다. 움직이는 점 하나가 몇 건인지는 범례에 있고, 속이 빈 점은 실패한 요청입니다.
tour-plain-2 = 여기서 요청을 처리합니다. 아래의 지연 시간(중앙값과 99번째 백분위수)을 얼마나 바쁜지와 견줘 보세요. 거의 꽉 차면 작은 몰림도 긴 대기열이 됩니다.
tour-plain-3 = 실행이 끝났습니다. 결과에는 숫자가 얼마나 확실한지, 이론의 예상은 무엇인지, 비용은 얼마인지 나옵니다.

## 결과: 무엇을 잃었고 회복에 얼마나 걸렸는지.

result-p99 = p99, 95% 신뢰 구간, 요청 수
result-p99-value = { $value } ± { $width }, 요청 { $count }건
result-recovery = 경보에서 OK까지
result-recovery-none = 과부하 경보 없음
result-recovery-value = { $longest }{ $count ->
    [one] {""}
   *[other] , { $count }번 중 가장 긴 시간
  }
result-recovery-open = 끝까지 ALARM 상태
